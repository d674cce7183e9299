use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(größe = "xl"))]
fn checkout() {}

fn main() {}
