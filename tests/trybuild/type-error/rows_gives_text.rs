use metrics_runtime::track_model;

#[track_model(read, model = "User", rows = |name| name.as_str())]
fn name() -> String {
    String::new()
}

fn main() {}
