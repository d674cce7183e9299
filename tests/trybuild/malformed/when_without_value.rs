use metrics_runtime::counted;

#[counted(when)]
fn run() {}

fn main() {}
