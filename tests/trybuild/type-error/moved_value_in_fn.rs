use metrics_runtime::timed;

#[timed]
fn total(prices: Vec<u64>) -> usize {
    drop(prices);
    prices.len()
}

fn main() {}
