use metrics_runtime::counted;

#[counted(when = number)]
fn run(number: u8) {}

fn main() {}
