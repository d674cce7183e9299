use metrics_runtime::{counted, timed};

#[timed]
#[counted(outcome = |_| metrics_runtime::Outcome::Ok)]
fn run() {}

fn main() {}
