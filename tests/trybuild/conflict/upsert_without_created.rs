use metrics_runtime::track_model;

#[track_model(upsert, model = "User")]
fn put() {}

fn main() {}
