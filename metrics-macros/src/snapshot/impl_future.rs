#[timed]
fn checkout(cart: Cart) -> impl Future<Output = Order> {
    pay(cart)
}
