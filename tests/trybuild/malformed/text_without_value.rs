use metrics_runtime::counted;

#[counted(name)]
fn checkout() {}

fn main() {}
