use metrics_runtime::timed;

#[timed(sample = 0.01)]
fn step() {}

fn main() {}
