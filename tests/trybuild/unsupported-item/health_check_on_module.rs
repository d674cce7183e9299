use metrics_runtime::health_check;

#[health_check]
mod checks {}

fn main() {}
