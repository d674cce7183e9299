use futures_core::Stream;
use metrics_runtime::track_cache;

#[track_cache(get, cache = "users")]
fn all(users: impl Stream<Item = u8>) -> impl Stream<Item = u8> {
    users
}

fn main() {}
