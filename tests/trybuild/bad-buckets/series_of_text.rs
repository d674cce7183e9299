use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = linear("100ms", 0.1, 5))]
fn checkout() {}

fn main() {}
