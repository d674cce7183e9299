use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = native(facto = 1.1))]
fn checkout() {}

fn main() {}
