use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(a = 1), labels(b = 2))]
fn checkout() {}

fn main() {}
