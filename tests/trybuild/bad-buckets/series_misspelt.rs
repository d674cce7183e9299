use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = exponental(0.01, 2.0, 10))]
fn checkout() {}

fn main() {}
