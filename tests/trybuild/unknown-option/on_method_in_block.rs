use metrics_runtime::timed;

struct UserRepository;

#[timed]
impl UserRepository {
    #[timed(nam = "find_seconds")]
    fn find(&self) {}

    fn list(&self) {}
}

fn main() {}
