use metrics_runtime::track_model;

#[track_model(read, model = "User", rows = 5)]
fn names() -> Vec<String> {
    Vec::new()
}

fn main() {}
