use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(kind = 1 place = 2))]
fn checkout() {}

fn main() {}
