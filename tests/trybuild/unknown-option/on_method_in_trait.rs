use metrics_runtime::timed;

#[timed]
trait Checkout {
    #[timed(nam = "run_seconds")]
    fn run(&self) {}

    fn stop(&self) {}
}

fn main() {}
