use metrics_runtime::timed;

#[timed(busy = true)]
async fn run() {}

fn main() {}
