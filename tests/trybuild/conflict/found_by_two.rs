use metrics_runtime::{track_cache, track_model};

#[track_cache(get, cache = "users")]
#[track_model(upsert, model = "User", created = |ret| ret.is_some())]
fn put() -> Option<u8> {
    None
}

fn main() {}
