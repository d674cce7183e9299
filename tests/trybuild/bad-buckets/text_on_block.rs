use metrics_runtime::track_model;

struct UserRepository;

#[track_model(prefix = "shop", buckets = ["1"])]
impl UserRepository {
    #[track_model(insert)]
    fn add(&self) {}
}

fn main() {}
