use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(price = price))]
fn checkout(price: f64) {}

fn main() {}
