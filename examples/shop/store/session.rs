//! Sessions: a secret token that stands for a user until it expires.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics_runtime::{Metrics, MokaFutureCache, track_model, track_query};
use moka::future::Cache;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::Pool;
use crate::domain::secret;

/// What was looked up is taken for true for so long at most, also where another instance
/// of the shop has ended the session.
const REMEMBERED: Duration = Duration::from_secs(1);

#[derive(Clone)]
struct Session {
    user_id: i64,
    expires_at: i64,
}

impl FromRow<'_, AnyRow> for Session {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            user_id: row.try_get("user_id")?,
            expires_at: row.try_get("expires_at")?,
        })
    }
}

#[derive(Clone)]
pub(crate) struct SessionRepository {
    pool: Pool,
    /// By token; `None` where there is no such session.
    known: MokaFutureCache<String, Option<Session>>,
}

#[track_model]
#[track_query(table = "sessions")]
impl SessionRepository {
    pub(super) fn new(pool: Pool, metrics: &Metrics) -> Self {
        let known = Cache::builder().max_capacity(10_000);
        let known = known.time_to_live(REMEMBERED);
        Self {
            pool,
            known: metrics.instrument_moka_future("sessions", known),
        }
    }

    /// Opens a session of whole seconds and returns its token.
    #[track_model(insert)]
    #[track_query(insert)]
    pub(crate) async fn insert(&self, user_id: i64, lifetime: Duration) -> sqlx::Result<String> {
        let token = secret::draw().map_err(|error| sqlx::Error::Encode(error.into()))?;
        sqlx::query("INSERT INTO sessions (token, user_id, expires_at) VALUES ($1, $2, $3)")
            .bind(&token)
            .bind(user_id)
            .bind(now() + lifetime.as_secs().cast_signed())
            .execute(&self.pool)
            .await?;
        Ok(token)
    }

    /// The user of a session that hasn't expired. Of those who ask at once, one asks the
    /// database.
    pub(crate) async fn find_user(&self, token: &str) -> sqlx::Result<Option<i64>> {
        let session = self
            .known
            .try_get_with(token.to_owned(), self.select(token));
        let session = session.await.map_err(of_all)?;
        let session = session.filter(|session| session.expires_at > now());
        Ok(session.map(|session| session.user_id))
    }

    #[track_model(read, rows = |found| usize::from(found.is_some()))]
    #[track_query(select)]
    async fn select(&self, token: &str) -> sqlx::Result<Option<Session>> {
        sqlx::query_as("SELECT user_id, expires_at FROM sessions WHERE token = $1")
            .bind(token)
            .fetch_optional(&self.pool)
            .await
    }

    /// Deletes what has expired and returns how many sessions that were.
    #[track_model(delete, rows = |deleted| *deleted)]
    #[track_query(delete)]
    pub(crate) async fn purge(&self) -> sqlx::Result<u64> {
        let done = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }

    /// Ends a session; returns 0 if there is none. That is known here at once, and within
    /// a second elsewhere and to who was looking it up just then.
    #[track_model(delete, rows = |deleted| *deleted)]
    #[track_query(delete)]
    pub(crate) async fn delete(&self, token: &str) -> sqlx::Result<u64> {
        let done = sqlx::query("DELETE FROM sessions WHERE token = $1")
            .bind(token)
            .execute(&self.pool)
            .await?;
        self.known.insert(token.to_owned(), None).await;
        Ok(done.rows_affected())
    }
}

/// The error of a query that several have waited for.
fn of_all(error: Arc<sqlx::Error>) -> sqlx::Error {
    Arc::try_unwrap(error).unwrap_or_else(|shared| sqlx::Error::Io(io::Error::other(shared)))
}

/// Seconds since 1970.
fn now() -> i64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    time.unwrap_or_default().as_secs().cast_signed()
}
