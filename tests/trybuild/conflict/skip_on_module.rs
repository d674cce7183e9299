use metrics_runtime::timed;

#[timed(skip)]
mod checkout {
    fn run() {}
}

fn main() {}
