use metrics_runtime::timed;

#[timed(name = "checkout_seconds_bucket")]
fn checkout() {}

fn main() {}
