use metrics_runtime::timed;

trait Checkout {
    #[timed]
    fn run(&self);
}

fn main() {}
