use metrics_runtime::track_model;

#[track_model(insert, model = "User", created = |ret| *ret)]
fn insert() -> bool {
    true
}

fn main() {}
