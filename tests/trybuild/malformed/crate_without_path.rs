use metrics_runtime::timed;

#[timed(crate)]
fn checkout() {}

fn main() {}
