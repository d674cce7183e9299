use metrics_runtime::counted;

#[counted(when = true, when = false)]
fn run() {}

fn main() {}
