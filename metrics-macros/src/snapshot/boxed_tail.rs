#[timed]
fn checkout<'a>(cart: &'a Cart) -> Pin<Box<dyn Future<Output = Order> + Send + 'a>> {
    let total = cart.total();
    Box::pin(async move { pay(cart, total).await })
}
