//! People who have registered.

use metrics_runtime::{track_model, track_query};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::Pool;

pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) password_hash: String,
}

impl FromRow<'_, AnyRow> for User {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            password_hash: row.try_get("password_hash")?,
        })
    }
}

#[derive(Clone)]
pub(crate) struct UserRepository {
    pool: Pool,
}

#[track_model]
#[track_query(table = "users")]
impl UserRepository {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Adds a user and returns the id; a name in use violates a unique index.
    #[track_model(insert)]
    #[track_query(insert)]
    pub(crate) async fn insert(&self, name: &str, password_hash: &str) -> sqlx::Result<i64> {
        sqlx::query_scalar("INSERT INTO users (name, password_hash) VALUES ($1, $2) RETURNING id")
            .bind(name)
            .bind(password_hash)
            .fetch_one(&self.pool)
            .await
    }

    #[track_model(read, rows = |found| usize::from(found.is_some()))]
    #[track_query(select)]
    pub(crate) async fn find_by_name(&self, name: &str) -> sqlx::Result<Option<User>> {
        sqlx::query_as("SELECT id, password_hash FROM users WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await
    }
}
