use metrics_runtime::timed;

#[timed(name = "checkoutSeconds")]
fn checkout() {}

fn main() {}
