use metrics_runtime::counted;

#[counted(name = "checkouts")]
fn checkout() {}

fn main() {}
