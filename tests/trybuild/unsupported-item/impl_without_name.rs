use metrics_runtime::timed;

trait Checkout {
    fn run(&self);
}

#[timed]
impl Checkout for () {
    fn run(&self) {}
}

fn main() {}
