use metrics_runtime::{Outcome, counted};

#[counted(outcome = Outcome::Error)]
fn run() -> u8 {
    1
}

fn main() {}
