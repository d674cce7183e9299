use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = [0.01, linear(0.1, 0.1, 5)])]
fn checkout() {}

fn main() {}
