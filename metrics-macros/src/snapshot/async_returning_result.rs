#[timed]
async fn checkout(cart: Cart) -> Result<Order, Error> {
    pay(cart).await
}
