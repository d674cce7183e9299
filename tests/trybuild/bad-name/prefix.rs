use metrics_runtime::track_model;

#[track_model(insert, model = "User", prefix = "blog_")]
fn insert() {}

fn main() {}
