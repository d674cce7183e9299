use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = native(max = 100, max = 200))]
fn checkout() {}

fn main() {}
