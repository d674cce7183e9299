use metrics_runtime::timed;

#[timed("checkout_seconds")]
fn checkout() {}

fn main() {}
