use metrics_runtime::timed;

struct UserRepository;

#[timed(skip)]
impl UserRepository {
    fn find(&self) {}
}

fn main() {}
