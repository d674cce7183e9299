use metrics_runtime::timed;

struct UserRepository;

#[timed(bukets = [0.1, 1.0])]
impl UserRepository {
    fn find(&self) {}

    fn list(&self) {}
}

fn main() {}
