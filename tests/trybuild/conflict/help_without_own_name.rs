use metrics_runtime::timed;

#[timed(help = "Duration of a checkout.")]
fn checkout() {}

fn main() {}
