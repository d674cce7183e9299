use metrics_runtime::track_cache;

struct Users;

#[track_cache(cache = "users", hit = |ret| *ret)]
impl Users {
    #[track_cache(get)]
    fn get(&self) -> bool {
        true
    }
}

fn main() {}
