use metrics_runtime::counted;

#[counted(name = "checkouts_total")]
#[counted(name = "checkouts_total")]
fn checkout() {}

fn main() {}
