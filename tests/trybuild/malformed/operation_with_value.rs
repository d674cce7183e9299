use metrics_runtime::track_model;

#[track_model(insert = 5, model = "User")]
fn insert() {}

fn main() {}
