use futures_core::Stream;
use metrics_runtime::track_model;

#[track_model(read, model = "User", rows = |users| users.len())]
fn all(users: impl Stream<Item = u8>) -> impl Stream<Item = u8> {
    users
}

fn main() {}
