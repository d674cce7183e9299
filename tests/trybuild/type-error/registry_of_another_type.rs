use metrics_runtime::timed;

static METRICS: u8 = 0;

#[timed(registry = METRICS)]
fn checkout() {}

fn main() {}
