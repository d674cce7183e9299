use metrics_runtime::timed;

struct UserRepository;

#[timed]
impl UserRepository {
    #[timed(skip, skip)]
    fn find(&self) {}
}

fn main() {}
