use metrics_runtime::timed;

#[timed(name = "2nd_checkout_seconds")]
fn checkout() {}

fn main() {}
