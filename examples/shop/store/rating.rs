//! What users think of products: one rating of each, which they may change.

use metrics_runtime::{track_model, track_query};

use super::Pool;

#[derive(Clone)]
pub(crate) struct RatingRepository {
    pool: Pool,
}

#[track_model]
#[track_query(table = "ratings")]
impl RatingRepository {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Rates a product; returns whether it is this user's first rating of it.
    #[track_model(upsert, created = |ret| matches!(ret, Ok(true)))]
    #[track_query(insert)]
    pub(crate) async fn put(&self, product_id: i64, user_id: i64, stars: u8) -> sqlx::Result<bool> {
        let changes: i64 = sqlx::query_scalar(
            "INSERT INTO ratings (product_id, user_id, stars) VALUES ($1, $2, $3)
             ON CONFLICT (product_id, user_id)
             DO UPDATE SET stars = excluded.stars, changes = ratings.changes + 1
             RETURNING changes",
        )
        .bind(product_id)
        .bind(user_id)
        .bind(i64::from(stars))
        .fetch_one(&self.pool)
        .await?;
        Ok(changes == 0)
    }
}
