use metrics_runtime::timed;

#[timed]
fn total(mut prices: Vec<u64>) -> u64 {
    let first = &prices[0];
    prices.push(5);
    *first
}

fn main() {}
