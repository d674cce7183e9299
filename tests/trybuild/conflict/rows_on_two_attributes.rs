use metrics_runtime::track_model;

#[track_model(read, model = "User", rows = |users| users.len())]
#[track_model(update, model = "Visit", prefix = "log", rows = |users| users.len())]
fn list() -> Vec<u8> {
    Vec::new()
}

fn main() {}
