use metrics_runtime::track_model;

#[track_model(insert, update, model = "User")]
fn save() {}

fn main() {}
