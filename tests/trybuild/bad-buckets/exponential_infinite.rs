use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = exponential(0.01, 1e100, 10))]
fn checkout() {}

fn main() {}
