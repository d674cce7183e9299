use metrics_runtime::timed;

#[timed]
mod checkout {}

fn main() {}
