#[timed]
async fn orders(user: &User) -> Result<impl Iterator<Item = Order>, Error> {
    list(user).await
}
