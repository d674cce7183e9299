use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = native(factor = 0.9))]
fn checkout() {}

fn main() {}
