use metrics_runtime::counted;

#[counted(name = "shop-checkouts_total")]
fn checkout() {}

fn main() {}
