use metrics_runtime::timed;

#[timed]
trait Checkout {
    fn run(&self) {}
}

fn main() {}
