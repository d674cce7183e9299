use metrics_runtime::counted;

#[counted(total)]
fn checkout() {}

fn main() {}
