use metrics_runtime::timed;

#[timed(name = "steps_seconds", sample = SHARE)]
fn step() {}

fn main() {}
