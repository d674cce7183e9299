use metrics_runtime::{counted, timed};

struct UserRepository;

#[timed]
impl UserRepository {
    #[counted]
    const fn find(&self) {}

    fn list(&self) {}
}

fn main() {}
