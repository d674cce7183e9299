use metrics_runtime::track_model;

#[track_model(insert, insert, model = "User")]
fn insert() {}

fn main() {}
