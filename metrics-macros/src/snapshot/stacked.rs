#[timed]
/// Pays for it.
#[counted]
#[must_use]
pub fn checkout(cart: Cart) -> Result<Order, Error> {
    pay(cart)
}
