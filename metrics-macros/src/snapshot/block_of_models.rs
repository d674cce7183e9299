#[track_model]
impl UserRepository {
    #[track_model(delete, rows = |n| *n)]
    fn purge(&self) -> sqlx::Result<u64> {
        self.users.purge()
    }

    fn len(&self) -> usize {
        self.users.len()
    }
}
