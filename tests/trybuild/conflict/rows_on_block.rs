use metrics_runtime::track_model;

struct UserRepository;

#[track_model(rows = |n| *n)]
impl UserRepository {
    #[track_model(delete)]
    fn purge(&self) -> u64 {
        0
    }
}

fn main() {}
