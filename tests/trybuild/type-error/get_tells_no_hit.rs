use metrics_runtime::track_cache;

#[track_cache(get, cache = "users")]
fn get() -> Vec<u8> {
    Vec::new()
}

fn main() {}
