use metrics_runtime::track_model;

#[track_model(insert, model = "User", prefix = "blog", labels(model = "Post"))]
fn insert() {}

fn main() {}
