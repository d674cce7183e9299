use metrics_runtime::{timed, track_model};

#[timed(name = "steps_seconds", sample = 0.01)]
#[track_model(read, model = "Step")]
fn step() {}

fn main() {}
