use metrics_runtime::timed;

#[timed]
#[path = "/dev/null"]
mod checkout;

fn main() {}
