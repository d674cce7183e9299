use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = ["100ms"])]
fn checkout() {}

fn main() {}
