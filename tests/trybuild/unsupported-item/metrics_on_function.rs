use metrics_runtime::metrics;

#[metrics]
fn shop() {}

fn main() {}
