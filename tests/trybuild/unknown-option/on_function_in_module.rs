use metrics_runtime::timed;

#[timed]
mod checkout {
    #[timed(skp)]
    fn run() {}

    fn stop() {}
}

fn main() {}
