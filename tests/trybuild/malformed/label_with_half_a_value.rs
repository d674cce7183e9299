use metrics_runtime::counted;

#[counted(name = "checkouts_total", labels(kind =))]
fn checkout() {}

fn main() {}
