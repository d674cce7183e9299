use metrics_runtime::track_model;

#[track_model(insert, model = "User", buckets = [0.1, 1.0])]
fn insert() {}

fn main() {}
