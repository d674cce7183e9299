use metrics_runtime::timed;

#[timed(skip)]
fn checkout() {}

fn main() {}
