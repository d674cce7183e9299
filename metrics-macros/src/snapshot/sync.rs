#[timed]
fn price(quantity: u64) -> u64 {
    quantity * 5
}
