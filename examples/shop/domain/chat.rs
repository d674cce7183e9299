//! Chats: what a user says is stored, and told to those whom it is for.

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::moment;
use crate::business::{ChatType, family};
use crate::error::ShopError;
use crate::store::{NewMessage, Store};

/// Who is slower by more than so many messages misses the oldest.
const MOST_BEHIND: usize = 256;

/// The longest message, in letters.
const MOST_LETTERS: usize = 1_000;

/// What a user wants to say.
#[derive(Deserialize)]
pub(crate) struct Draft {
    /// The name of the user whom a direct message is for.
    to: Option<String>,
    text: String,
}

/// A message that was stored.
#[derive(Clone, Serialize)]
pub(crate) struct Told {
    #[serde(skip)]
    chat_type: ChatType,
    #[serde(skip)]
    recipient_id: Option<i64>,
    sender_id: i64,
    text: String,
}

impl Told {
    /// Whether a user sees it in a chat of this type.
    pub(crate) fn is_for(&self, user_id: i64, chat_type: ChatType) -> bool {
        self.chat_type == chat_type
            && match chat_type {
                ChatType::Group => true,
                ChatType::Direct => self.recipient_id == Some(user_id),
                ChatType::Support => self.sender_id == user_id,
            }
    }
}

/// The messages of all chats.
#[derive(Clone)]
pub(crate) struct Chats(broadcast::Sender<Told>);

impl Chats {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(MOST_BEHIND))
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Told> {
        self.0.subscribe()
    }

    /// Stores what a user says and tells it; returns the message's id.
    pub(crate) async fn say(
        &self,
        store: &Store,
        user_id: i64,
        chat_type: ChatType,
        draft: Draft,
    ) -> Result<i64, ShopError> {
        if !(1..=MOST_LETTERS).contains(&draft.text.chars().count()) {
            return Err(ShopError::Unfit("message"));
        }
        let recipient_id = match chat_type {
            ChatType::Direct => {
                let name = draft.to.ok_or(ShopError::NotFound("user"))?;
                let user = store.users.find_by_name(&name).await?;
                Some(user.ok_or(ShopError::NotFound("user"))?.id)
            }
            ChatType::Group | ChatType::Support => None,
        };
        let message = NewMessage {
            chat_type,
            sender_id: user_id,
            recipient_id,
            text: draft.text,
            sent_at: moment::now(),
        };
        let id = store.messages.insert(&message).await?;
        family::messages_sent_total(chat_type).inc();
        // An error says that nobody listens.
        let _ = self.0.send(Told {
            chat_type,
            recipient_id,
            sender_id: user_id,
            text: message.text,
        });
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Mutation: a direct message is for whoever is in a direct chat.
    #[test]
    fn is_told_to_those_whom_it_is_for() {
        let told = |chat_type, recipient_id| Told {
            chat_type,
            recipient_id,
            sender_id: 1,
            text: "hello".to_owned(),
        };
        let direct = told(ChatType::Direct, Some(2));
        assert!(direct.is_for(2, ChatType::Direct));
        assert!(!direct.is_for(3, ChatType::Direct));
        assert!(!direct.is_for(2, ChatType::Group));
        assert!(told(ChatType::Group, None).is_for(3, ChatType::Group));
        assert!(!told(ChatType::Support, None).is_for(3, ChatType::Support));
    }
}
