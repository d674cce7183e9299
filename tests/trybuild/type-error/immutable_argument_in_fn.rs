use metrics_runtime::timed;

#[timed]
fn total(prices: Vec<u64>) -> usize {
    prices.push(5);
    prices.len()
}

fn main() {}
