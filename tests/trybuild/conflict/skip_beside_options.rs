use metrics_runtime::timed;

struct UserRepository;

#[timed]
impl UserRepository {
    #[timed(skip, name = "find_seconds")]
    fn find(&self) {}
}

fn main() {}
