use metrics_runtime::timed;

#[timed(crate = "metrics_runtime")]
fn checkout() {}

fn main() {}
