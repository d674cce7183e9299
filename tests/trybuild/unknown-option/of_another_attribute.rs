use metrics_runtime::counted;

#[counted(name = "checkouts_total", buckets = [0.1, 1.0])]
fn checkout() {}

fn main() {}
