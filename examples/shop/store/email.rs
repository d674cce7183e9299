//! E-mails: those that wait are the outbox, which outlives the program.

use metrics_runtime::{track_model, track_query};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::Pool;

use crate::business::{EmailKind, text};

/// An e-mail that wasn't sent at so many attempts is given up.
pub(crate) const MOST_ATTEMPTS: i64 = 8;

pub(crate) struct Email {
    pub(crate) id: i64,
    pub(crate) kind: EmailKind,
    pub(crate) user_id: i64,
    /// What the kind needs: the order's id or the link's code.
    pub(crate) detail: String,
    /// In milliseconds since 1970.
    pub(crate) queued_at: i64,
    /// This one included; beyond [`MOST_ATTEMPTS`] it is none, and the e-mail is given up.
    pub(crate) attempts: i64,
}

impl FromRow<'_, AnyRow> for Email {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let kind: String = row.try_get("kind")?;
        let kind = EmailKind::named(&kind);
        Ok(Self {
            id: row.try_get("id")?,
            kind: kind.ok_or_else(|| sqlx::Error::Decode("unknown kind of e-mail".into()))?,
            user_id: row.try_get("user_id")?,
            detail: row.try_get("detail")?,
            queued_at: row.try_get("queued_at")?,
            attempts: row.try_get("attempts")?,
        })
    }
}

#[derive(Clone)]
pub(crate) struct EmailRepository {
    pool: Pool,
}

#[track_model]
#[track_query(table = "emails")]
impl EmailRepository {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Leaves an e-mail to be sent, at a time in milliseconds since 1970.
    #[track_model(insert)]
    #[track_query(insert)]
    pub(crate) async fn queue(
        &self,
        kind: EmailKind,
        user_id: i64,
        detail: &str,
        now: i64,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO emails (kind, user_id, detail, queued_at, due_at)
             VALUES ($1, $2, $3, $4, $4)",
        )
        .bind(text(kind))
        .bind(user_id)
        .bind(detail)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes what is due, oldest first. It is due again half a second later, after two
    /// attempts a second, and so on, unless it is [`mark_sent`](Self::mark_sent).
    ///
    /// After the last attempt it is due once more, to be given up: by whoever finds it,
    /// since who made that attempt may have ended in it.
    ///
    /// That it is due is asked twice: of two programs that claim at once in `PostgreSQL`,
    /// the second one finds what the first one has made of the row.
    #[track_model(update, rows = Vec::len)]
    #[track_query(update)]
    pub(crate) async fn claim(&self, now: i64, most: i64) -> sqlx::Result<Vec<Email>> {
        sqlx::query_as(
            "UPDATE emails SET attempts = attempts + 1, due_at = $1 + 500 * (attempts + 1)
             WHERE due_at <= $1 AND id IN (
                 SELECT id FROM emails
                 WHERE sent_at IS NULL AND attempts <= $2 AND due_at <= $1
                 ORDER BY due_at LIMIT $3)
             RETURNING id, kind, user_id, detail, queued_at, attempts",
        )
        .bind(now)
        .bind(MOST_ATTEMPTS)
        .bind(most)
        .fetch_all(&self.pool)
        .await
    }

    /// Says that an e-mail has been sent. What stood in it is nobody's business then.
    #[track_model(update)]
    #[track_query(update)]
    pub(crate) async fn mark_sent(&self, id: i64, now: i64) -> sqlx::Result<()> {
        sqlx::query("UPDATE emails SET sent_at = $2, detail = '' WHERE id = $1")
            .bind(id)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::business::EmailKind;
    use crate::store::Store;

    // Mutations: `due_at` stays what it is; `sent_at` isn't asked.
    #[tokio::test]
    async fn gives_what_is_due_until_it_is_sent() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::in_file(&folder.path().join("shop.db")).await;
        let user_id = store.users.insert("ada", "").await.expect("it is free");
        for detail in ["1", "2"] {
            let queued = store
                .emails
                .queue(EmailKind::Receipt, user_id, detail, 1_000)
                .await;
            queued.expect("the database works");
        }
        let due = async |now| {
            let due = store.emails.claim(now, 10).await;
            let mut due = due.expect("the database works");
            due.sort_by_key(|email| email.id);
            due
        };
        assert!(due(999).await.is_empty());
        let first = due(1_000).await;
        assert_eq!(first.len(), 2);
        assert_eq!((&*first[0].detail, first[0].attempts), ("1", 1));
        assert_eq!(first[0].kind, EmailKind::Receipt);
        assert!(due(1_499).await.is_empty());
        let sent = store.emails.mark_sent(first[0].id, 1_400).await;
        sent.expect("the database works");

        let again = due(1_500).await;
        assert_eq!(again.len(), 1);
        assert_eq!((&*again[0].detail, again[0].attempts), ("2", 2));
        // After the eighth time it is given up, once.
        let mut attempts = 2;
        for now in (0..20).map(|turn| 10_000 * (turn + 1)) {
            attempts += i64::try_from(due(now).await.len()).expect("it is small");
        }
        assert_eq!(attempts, super::MOST_ATTEMPTS + 1);
        store.close().await;
    }
}
