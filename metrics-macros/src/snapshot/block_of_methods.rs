#[timed]
impl UserRepository {
    /// How many there are at most.
    const MOST: usize = 10;

    fn find(&self, id: u64) -> Option<User> {
        self.users.get(id)
    }

    #[timed(name = "user_list_seconds")]
    fn list(&self) -> Vec<User> {
        self.users.all()
    }

    #[timed(skip)]
    fn len(&self) -> usize {
        self.users.len()
    }
}
