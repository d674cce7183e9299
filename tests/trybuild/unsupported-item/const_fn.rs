use metrics_runtime::timed;

#[timed]
const fn checkout() {}

fn main() {}
