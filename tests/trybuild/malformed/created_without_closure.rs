use metrics_runtime::track_model;

#[track_model(upsert, model = "User", created)]
fn put() {}

fn main() {}
