//! Numbers that the tables hold, counted at one moment.

use metrics_runtime::track_query;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::Pool;

/// What stands in the database.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) visitors: i64,
    pub(crate) orders_open: i64,
    pub(crate) emails_waiting: i64,
}

impl FromRow<'_, AnyRow> for Figures {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            visitors: row.try_get("visitors")?,
            orders_open: row.try_get("orders_open")?,
            emails_waiting: row.try_get("emails_waiting")?,
        })
    }
}

#[derive(Clone)]
pub(crate) struct FigureRepository {
    pool: Pool,
}

#[track_query(table = "figures")]
impl FigureRepository {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    #[track_query(select)]
    pub(crate) async fn read(&self) -> sqlx::Result<Figures> {
        sqlx::query_as(
            "SELECT (SELECT count(*) FROM visitors) AS visitors,
                    (SELECT count(*) FROM orders WHERE paid = 0) AS orders_open,
                    (SELECT count(*) FROM emails WHERE sent_at IS NULL AND attempts < $1)
                        AS emails_waiting",
        )
        .bind(super::MOST_ATTEMPTS)
        .fetch_one(&self.pool)
        .await
    }
}
