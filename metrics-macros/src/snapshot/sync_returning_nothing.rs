#[counted]
fn forget(cart: Cart) {
    release(cart)
}
