//! Links by which a user is let in once, without a password.

use metrics_runtime::{track_model, track_query};

use super::Pool;

#[derive(Clone)]
pub(crate) struct LoginLinkRepository {
    pool: Pool,
}

#[track_model]
#[track_query(table = "login_links")]
impl LoginLinkRepository {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Keeps a code until it is used or expires, in milliseconds since 1970.
    #[track_model(insert)]
    #[track_query(insert)]
    pub(crate) async fn insert(
        &self,
        code: &str,
        user_id: i64,
        expires_at: i64,
    ) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO login_links (code, user_id, expires_at) VALUES ($1, $2, $3)")
            .bind(code)
            .bind(user_id)
            .bind(expires_at)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The user of a code that hasn't expired, which can't be used again.
    #[track_model(delete, rows = |found| usize::from(found.is_some()))]
    #[track_query(delete)]
    pub(crate) async fn take(&self, code: &str, now: i64) -> sqlx::Result<Option<i64>> {
        sqlx::query_scalar(
            "DELETE FROM login_links WHERE code = $1 AND expires_at > $2 RETURNING user_id",
        )
        .bind(code)
        .bind(now)
        .fetch_optional(&self.pool)
        .await
    }

    /// Deletes what has expired and returns how many codes that were.
    #[track_model(delete, rows = |deleted| *deleted)]
    #[track_query(delete)]
    pub(crate) async fn purge(&self, now: i64) -> sqlx::Result<u64> {
        let done = sqlx::query("DELETE FROM login_links WHERE expires_at <= $1")
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }
}
