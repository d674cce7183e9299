use metrics_runtime::track_model;

#[track_model(insert, model = "User", name = "users_total")]
fn insert() {}

fn main() {}
