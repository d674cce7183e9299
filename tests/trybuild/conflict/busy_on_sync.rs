use metrics_runtime::timed;

#[timed(busy)]
fn run() {}

fn main() {}
