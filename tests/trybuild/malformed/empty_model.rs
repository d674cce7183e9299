use metrics_runtime::track_model;

#[track_model(insert, model = "")]
fn insert() {}

fn main() {}
