use metrics_runtime::timed;

#[timed(name = "checkout_seconds", labels(le = "1"))]
fn checkout() {}

fn main() {}
