use metrics_runtime::counted;

#[counted(name = "steps_total", sample = 0.01)]
fn step() {}

fn main() {}
