use metrics_runtime::timed;

#[timed(name = "checkout_seconds", buckets = [0.1, -0.5])]
fn checkout() {}

fn main() {}
