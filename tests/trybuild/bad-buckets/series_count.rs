use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = linear(0.1, 0.1, 501))]
fn checkout() {}

fn main() {}
