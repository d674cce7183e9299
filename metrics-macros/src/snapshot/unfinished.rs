#[timed]
fn total(cart: Cart) -> u64 {
    let total = cart. ;
    total
}
