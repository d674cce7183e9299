use metrics_runtime::timed;

#[timed(name = "checkout_seconds", lables(kind = "card"))]
fn checkout() {}

fn main() {}
