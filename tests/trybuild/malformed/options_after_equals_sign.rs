use metrics_runtime::{counted, timed};

#[timed]
#[counted = "checkouts_total"]
fn checkout() {}

fn main() {}
