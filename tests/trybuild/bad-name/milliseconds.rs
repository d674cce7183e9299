use metrics_runtime::timed;

#[timed(name = "checkout_milliseconds")]
fn checkout() {}

fn main() {}
