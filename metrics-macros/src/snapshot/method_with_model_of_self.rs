// The attribute of a method sees the method only, and would be expanded like
// this function.
#[track_model(insert)]
async fn insert(&self, user: &User) -> sqlx::Result<()> {
    self.pool.insert(user).await
}
