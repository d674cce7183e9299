use metrics_runtime::timed;

#[timed(registry = registry())]
fn checkout() {}

fn main() {}
