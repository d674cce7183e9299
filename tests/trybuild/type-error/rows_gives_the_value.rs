use metrics_runtime::track_model;

#[track_model(read, model = "User", rows = |names| names)]
async fn names() -> Option<Vec<String>> {
    None
}

fn main() {}
