use metrics_runtime::metrics;

#[metrics(name = "shop")]
mod shop {}

fn main() {}
