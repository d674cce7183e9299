use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = linear(1e20, 1.0, 10))]
fn checkout() {}

fn main() {}
