use metrics_runtime::timed;

#[timed(name = "runs_seconds", busy, sample = 0.1)]
async fn run() {}

fn main() {}
