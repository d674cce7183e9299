use metrics_runtime::timed;

#[timed]
#[timed]
fn checkout() {}

fn main() {}
