use metrics_runtime::{counted, timed};

#[timed(when = number > 0)]
#[counted]
fn run(number: u8) -> u8 {
    number
}

fn main() {}
