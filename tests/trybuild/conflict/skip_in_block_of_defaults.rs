use metrics_runtime::track_model;

struct UserRepository;

#[track_model]
impl UserRepository {
    #[track_model(skip)]
    fn find(&self) {}
}

fn main() {}
