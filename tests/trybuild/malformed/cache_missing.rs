use metrics_runtime::track_cache;

#[track_cache(set)]
fn set() {}

fn main() {}
