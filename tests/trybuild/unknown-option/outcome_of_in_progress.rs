use metrics_runtime::in_progress;

#[in_progress(outcome = |_| metrics_runtime::Outcome::Ok)]
fn run() {}

fn main() {}
