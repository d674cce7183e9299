#[timed(name = "checkout_seconds", buckets = native(factor = 1.2))]
fn checkout(cart: Cart) -> Order {
    pay(cart)
}
