use metrics_runtime::{counted, timed};

struct UserRepository;

#[timed]
impl UserRepository {
    #[counted(skip)]
    fn find(&self) {}
}

fn main() {}
