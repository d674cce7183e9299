use metrics_runtime::{counted, timed};

#[timed]
trait Checkout {
    #[counted]
    fn run(&self);

    fn stop(&self) {}
}

fn main() {}
