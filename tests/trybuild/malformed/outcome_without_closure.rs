use metrics_runtime::counted;

#[counted(outcome)]
fn run() {}

fn main() {}
