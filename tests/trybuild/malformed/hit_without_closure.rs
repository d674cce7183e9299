use metrics_runtime::track_cache;

#[track_cache(get, cache = "users", hit)]
fn get() -> Option<u8> {
    None
}

fn main() {}
