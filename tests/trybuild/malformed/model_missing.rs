use metrics_runtime::track_model;

#[track_model(insert)]
fn insert_user() {}

fn main() {}
