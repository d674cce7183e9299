use metrics_runtime::timed;

#[timed(stream(items))]
async fn run() {}

fn main() {}
