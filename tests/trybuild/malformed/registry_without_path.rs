use metrics_runtime::timed;

#[timed(registry)]
fn checkout() {}

fn main() {}
