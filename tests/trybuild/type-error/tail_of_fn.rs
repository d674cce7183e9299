use metrics_runtime::timed;

#[timed]
fn total() -> u64 {
    let price = 5_u64;
    drop(price);
    "five"
}

fn main() {}
