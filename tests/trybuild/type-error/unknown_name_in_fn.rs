use metrics_runtime::timed;

#[timed]
fn total() -> u64 {
    price + 5
}

fn main() {}
