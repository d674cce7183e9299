use metrics_runtime::track_cache;

#[track_cache(set, cache = "users", hit = |ret| *ret)]
fn set() -> bool {
    true
}

fn main() {}
