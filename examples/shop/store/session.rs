//! Sessions: a secret token that stands for a user until it expires.

use std::time::Duration;

use metrics_runtime::{track_model, track_query};
use sqlx::SqlitePool;

#[derive(Clone)]
pub(crate) struct SessionRepository {
    pool: SqlitePool,
}

#[track_model]
#[track_query(table = "sessions")]
impl SessionRepository {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Opens a session of whole seconds and returns its token.
    #[track_model(insert)]
    #[track_query(insert)]
    pub(crate) async fn insert(&self, user_id: i64, lifetime: Duration) -> sqlx::Result<String> {
        sqlx::query_scalar(
            "INSERT INTO sessions (token, user_id, expires_at)
             VALUES (lower(hex(randomblob(16))), ?, unixepoch() + ?)
             RETURNING token",
        )
        .bind(user_id)
        .bind(lifetime.as_secs().cast_signed())
        .fetch_one(&self.pool)
        .await
    }

    /// The user of a session that hasn't expired.
    #[track_model(read, rows = |found| usize::from(found.is_some()))]
    #[track_query(select)]
    pub(crate) async fn find_user(&self, token: &str) -> sqlx::Result<Option<i64>> {
        sqlx::query_scalar(
            "SELECT user_id FROM sessions WHERE token = ? AND expires_at > unixepoch()",
        )
        .bind(token)
        .fetch_optional(&self.pool)
        .await
    }

    /// Deletes what has expired and returns how many sessions that were.
    #[track_model(delete, rows = |deleted| *deleted)]
    #[track_query(delete)]
    pub(crate) async fn purge(&self) -> sqlx::Result<u64> {
        let done = sqlx::query("DELETE FROM sessions WHERE expires_at <= unixepoch()")
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }

    /// Ends a session; returns 0 if there is none.
    #[track_model(delete, rows = |deleted| *deleted)]
    #[track_query(delete)]
    pub(crate) async fn delete(&self, token: &str) -> sqlx::Result<u64> {
        let done = sqlx::query("DELETE FROM sessions WHERE token = $1")
            .bind(token)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }
}
