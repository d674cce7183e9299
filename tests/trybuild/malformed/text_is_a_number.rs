use metrics_runtime::track_model;

#[track_model(insert, model = 5)]
fn insert() {}

fn main() {}
