use metrics_runtime::counted;

#[counted(labels(kind = "card"))]
fn checkout() {}

fn main() {}
