use metrics_runtime::timed;

#[timed(prefix = "shop")]
fn checkout() {}

fn main() {}
