#[timed]
#[counted(nmae = "checkouts_total", buckets = [1.0])]
fn checkout(cart: Cart) -> Order {
    pay(cart)
}
