#[timed(name = "checkout_seconds", buckets = [0.1, 1, 2.5])]
fn checkout(cart: Cart) -> Order {
    pay(cart)
}
