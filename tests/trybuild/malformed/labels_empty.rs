use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels())]
fn checkout() {}

fn main() {}
