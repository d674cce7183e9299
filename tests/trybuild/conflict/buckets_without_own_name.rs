use metrics_runtime::timed;

#[timed(buckets = [0.1, 1.0])]
fn checkout() {}

fn main() {}
