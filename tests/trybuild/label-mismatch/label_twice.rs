use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(kind = 1, kind = 2))]
fn checkout() {}

fn main() {}
