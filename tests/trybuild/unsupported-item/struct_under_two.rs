use metrics_runtime::{counted, timed};

#[timed]
#[counted]
struct Checkout;

fn main() {}
