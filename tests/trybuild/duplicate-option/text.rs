use metrics_runtime::counted;

#[counted(name = "checkouts_total", name = "orders_total")]
fn checkout() {}

fn main() {}
