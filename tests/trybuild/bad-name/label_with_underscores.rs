use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(__kind = "card"))]
fn checkout() {}

fn main() {}
