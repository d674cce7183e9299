use metrics_runtime::timed;

#[timed(name = "steps_seconds", sample = 1.5)]
fn step() {}

fn main() {}
