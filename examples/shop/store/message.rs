//! What users have said to each other, and to the shop.

use metrics_runtime::{track_model, track_query};
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::Pool;

use crate::business::{ChatType, text};

pub(crate) struct NewMessage {
    pub(crate) chat_type: ChatType,
    pub(crate) sender_id: i64,
    /// Of a direct message only.
    pub(crate) recipient_id: Option<i64>,
    pub(crate) text: String,
    /// In milliseconds since 1970.
    pub(crate) sent_at: i64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Message {
    pub(crate) id: i64,
    pub(crate) sender_id: i64,
    pub(crate) text: String,
}

impl FromRow<'_, AnyRow> for Message {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            sender_id: row.try_get("sender_id")?,
            text: row.try_get("text")?,
        })
    }
}

#[derive(Clone)]
pub(crate) struct MessageRepository {
    pool: Pool,
}

#[track_model]
#[track_query(table = "messages")]
impl MessageRepository {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    #[track_model(insert)]
    #[track_query(insert)]
    pub(crate) async fn insert(&self, message: &NewMessage) -> sqlx::Result<i64> {
        sqlx::query_scalar(
            "INSERT INTO messages (chat_type, sender_id, recipient_id, text, sent_at)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
        )
        .bind(text(message.chat_type))
        .bind(message.sender_id)
        .bind(message.recipient_id)
        .bind(&message.text)
        .bind(message.sent_at)
        .fetch_one(&self.pool)
        .await
    }

    /// The latest messages of a chat that a user may see, latest first.
    #[track_model(read, rows = Vec::len)]
    #[track_query(select)]
    pub(crate) async fn latest(
        &self,
        chat_type: ChatType,
        user_id: i64,
        most: i64,
    ) -> sqlx::Result<Vec<Message>> {
        sqlx::query_as(
            "SELECT id, sender_id, text FROM messages
             WHERE chat_type = $1
                 AND (chat_type = 'group' OR sender_id = $2 OR recipient_id = $2)
             ORDER BY id DESC LIMIT $3",
        )
        .bind(text(chat_type))
        .bind(user_id)
        .bind(most)
        .fetch_all(&self.pool)
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    // Mutation: the sender isn't asked for.
    #[tokio::test]
    async fn shows_a_user_what_the_user_may_see() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::in_file(&folder.path().join("shop.db")).await;
        let mut users = Vec::new();
        for name in ["ada", "bob", "eve"] {
            users.push(store.users.insert(name, "").await.expect("it is free"));
        }
        let [ada, bob, eve] = users[..] else {
            panic!("three users: {users:?}");
        };
        for (chat_type, recipient_id) in [
            (ChatType::Direct, Some(bob)),
            (ChatType::Group, None),
            (ChatType::Support, None),
        ] {
            let message = NewMessage {
                chat_type,
                sender_id: ada,
                recipient_id,
                text: "hello".to_owned(),
                sent_at: 0,
            };
            let stored = store.messages.insert(&message).await;
            stored.expect("the database works");
        }
        let seen = async |chat_type, user_id| {
            let latest = store.messages.latest(chat_type, user_id, 10).await;
            latest.expect("the database works").len()
        };
        let table = [
            (ChatType::Direct, [1, 1, 0]),
            (ChatType::Group, [1, 1, 1]),
            (ChatType::Support, [1, 0, 0]),
        ];
        for (chat_type, expected) in table {
            for (user_id, expected) in [ada, bob, eve].into_iter().zip(expected) {
                assert_eq!(seen(chat_type, user_id).await, expected, "{chat_type:?}");
            }
        }
        store.close().await;
    }
}
