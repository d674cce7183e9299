use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = exponential(0.01, 0.5, 10))]
fn checkout() {}

fn main() {}
