use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(outcome = "ok"))]
fn checkout() {}

fn main() {}
