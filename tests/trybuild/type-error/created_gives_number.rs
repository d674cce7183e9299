use metrics_runtime::track_model;

#[track_model(upsert, model = "User", created = |ret| *ret)]
fn put() -> u64 {
    1
}

fn main() {}
