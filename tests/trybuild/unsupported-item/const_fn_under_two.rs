use metrics_runtime::{counted, timed};

#[timed]
#[counted]
const fn checkout() {}

fn main() {}
