use metrics_runtime::timed;

#[timed]
pub struct Checkout {
    pub total: u64,
}

fn main() {}
