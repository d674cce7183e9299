use metrics_runtime::track_model;

struct UserRepository;

impl UserRepository {
    #[track_model]
    fn insert(&self) {}
}

fn main() {}
