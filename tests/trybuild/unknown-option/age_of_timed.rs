use metrics_runtime::timed;

#[timed(age)]
fn run() {}

fn main() {}
