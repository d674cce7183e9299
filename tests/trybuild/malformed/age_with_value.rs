use metrics_runtime::in_progress;

#[in_progress(age = 1)]
fn run() {}

fn main() {}
