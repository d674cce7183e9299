use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(price = price + 0.5))]
fn checkout(price: f64) {}

fn main() {}
