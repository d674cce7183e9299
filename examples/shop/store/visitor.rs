//! Visitors, registered or not, by the id that the shop gave their browser.

use metrics_runtime::{track_model, track_query};

use super::Pool;

#[derive(Clone)]
pub(crate) struct VisitorRepository {
    pool: Pool,
}

#[track_model]
#[track_query(table = "visitors")]
impl VisitorRepository {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Takes up a visitor, at a time in milliseconds since 1970.
    #[track_model(insert)]
    #[track_query(insert)]
    pub(crate) async fn insert(&self, id: &str, source: &str, now: i64) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO visitors (id, source, first_seen_at) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(source)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Counts another visit; returns 0 if there is no such visitor.
    #[track_model(update, rows = |updated| *updated)]
    #[track_query(update)]
    pub(crate) async fn come_back(&self, id: &str) -> sqlx::Result<u64> {
        let done = sqlx::query("UPDATE visitors SET visits = visits + 1 WHERE id = $1")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }
}
