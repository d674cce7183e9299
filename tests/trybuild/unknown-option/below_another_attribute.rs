use metrics_runtime::{counted, timed};

#[timed]
#[counted(nmae = "checkouts_total")]
fn checkout() {}

fn main() {}
