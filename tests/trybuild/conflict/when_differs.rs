use metrics_runtime::{counted, timed};

#[timed(when = number > 0)]
#[counted(when = number > 1)]
fn run(number: u8) -> u8 {
    number
}

fn main() {}
