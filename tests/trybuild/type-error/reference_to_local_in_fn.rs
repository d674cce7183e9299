use metrics_runtime::timed;

#[timed]
fn total() -> &'static [u64] {
    let prices = vec![5];
    &prices
}

fn main() {}
