use metrics_runtime::track_cache;

struct Users;

#[track_cache(prefix = "own")]
impl Users {
    #[track_cache(set)]
    fn set(&self) {}
}

fn main() {}
