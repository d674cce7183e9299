use metrics_runtime::track_model;

#[track_model(insert, model = "User", rows = Vec::len)]
#[track_model(update, model = "Visit", prefix = "log")]
fn list() -> Vec<u8> {
    Vec::new()
}

fn main() {}
