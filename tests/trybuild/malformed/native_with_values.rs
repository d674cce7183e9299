use metrics_runtime::timed;

#[timed(name = "work_seconds", help = "Work.", buckets = native(1.1))]
fn work() {}

fn main() {}
