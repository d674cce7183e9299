use metrics_runtime::track_model;

struct UserRepository;

impl UserRepository {
    #[track_model(insert)]
    fn insert() {}
}

fn main() {}
