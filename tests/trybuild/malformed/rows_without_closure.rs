use metrics_runtime::track_model;

#[track_model(read, model = "User", rows)]
fn list() {}

fn main() {}
