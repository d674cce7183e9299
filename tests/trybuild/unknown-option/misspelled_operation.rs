use metrics_runtime::track_model;

#[track_model(inserts, model = "User")]
fn insert() {}

fn main() {}
