use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = exponential(0.0, 2.0, 10))]
fn checkout() {}

fn main() {}
