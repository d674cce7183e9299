//! What users think of products: one rating of each, which they may change.

use metrics_runtime::{track_model, track_query};
use sqlx::SqlitePool;

#[derive(Clone)]
pub(crate) struct RatingRepository {
    pool: SqlitePool,
}

#[track_model]
#[track_query(table = "ratings")]
impl RatingRepository {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Rates a product; returns whether it is this user's first rating of it.
    #[track_model(upsert, created = |ret| matches!(ret, Ok(true)))]
    #[track_query(insert)]
    pub(crate) async fn put(&self, product_id: i64, user_id: i64, stars: u8) -> sqlx::Result<bool> {
        sqlx::query_scalar(
            "INSERT INTO ratings (product_id, user_id, stars) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET stars = excluded.stars, changes = changes + 1
             RETURNING changes = 0",
        )
        .bind(product_id)
        .bind(user_id)
        .bind(stars)
        .fetch_one(&self.pool)
        .await
    }
}
