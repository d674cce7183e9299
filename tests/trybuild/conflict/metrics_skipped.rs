use metrics_runtime::metrics;

#[metrics(skip)]
mod shop {}

fn main() {}
