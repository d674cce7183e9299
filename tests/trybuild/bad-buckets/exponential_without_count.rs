use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = exponential(0.01, 2.0))]
fn checkout() {}

fn main() {}
