#[timed(crate = shop::metrics, registry = crate::METRICS)]
fn checkout(cart: Cart) -> Order {
    pay(cart)
}
