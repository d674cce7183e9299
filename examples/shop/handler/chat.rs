use axum::Json;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use metrics_runtime::{counted, timed};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, error::RecvError};

use super::socket::{hold_open, send};
use crate::app::App;
use crate::business::ChatType;
use crate::domain::{Draft, Told, session};
use crate::error::ShopError;
use crate::{stop, store};

/// The longest message of a client, in bytes: a thousand letters and what is around them.
const MOST_BYTES: usize = 16 * 1024;

/// So many messages are shown.
const SHOWN: i64 = 20;

#[derive(Clone, Copy, Deserialize)]
pub(crate) struct Room {
    r#type: ChatType,
}

/// `GET /chat?type=group`, a WebSocket
///
/// A client says `{"text": "…"}`, in a direct chat `{"to": "name", "text": "…"}`, and is
/// answered `{"sent": id}` or `{"refused": "why"}`. Between answers it is told what others
/// have said.
#[timed]
#[counted]
pub(crate) async fn chat(
    State(app): State<App>,
    headers: HeaderMap,
    Query(Room { r#type }): Query<Room>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ShopError> {
    let user_id = session::authenticate(&app.store, &headers).await?;
    let told = app.chats.subscribe();
    let upgrade = upgrade.max_message_size(MOST_BYTES);
    Ok(upgrade.on_upgrade(move |socket| {
        let connection = converse(socket, app, user_id, r#type, told);
        hold_open(r#type.into(), connection)
    }))
}

/// `GET /chat/messages?type=group`: the latest messages that the user may see.
#[timed]
#[counted]
pub(crate) async fn list_messages(
    State(app): State<App>,
    headers: HeaderMap,
    Query(Room { r#type }): Query<Room>,
) -> Result<Json<Vec<store::Message>>, ShopError> {
    let user_id = session::authenticate(&app.store, &headers).await?;
    let messages = app.store.messages.latest(r#type, user_id, SHOWN).await?;
    Ok(Json(messages))
}

/// Takes what the user says and tells what the user may hear, until either side closes.
async fn converse(
    mut socket: WebSocket,
    app: App,
    user_id: i64,
    chat_type: ChatType,
    mut told: broadcast::Receiver<Told>,
) {
    let mut closing = app.closing.clone();
    loop {
        let answered = tokio::select! {
            message = told.recv() => match message {
                Ok(message) if message.is_for(user_id, chat_type) => {
                    send(&mut socket, &message).await
                }
                // Another user's, or some were missed.
                Ok(_) | Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    let answer = take(&app, user_id, chat_type, &text).await;
                    send(&mut socket, &answer).await
                }
                // A good-bye is answered while the next message is awaited.
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            },
            () = stop::told(&mut closing) => {
                let _ = socket.send(Message::Close(None)).await;
                return;
            }
        };
        if answered.is_err() {
            return;
        }
    }
}

/// What a user is answered who has said this.
async fn take(app: &App, user_id: i64, chat_type: ChatType, text: &str) -> Value {
    let Ok(draft) = serde_json::from_str::<Draft>(text) else {
        return json!({ "refused": "say `{\"text\": \"…\"}`, and `to` in a direct chat" });
    };
    let said = app.chats.say(&app.store, user_id, chat_type, draft).await;
    match said {
        Ok(id) => json!({ "sent": id }),
        Err(error) => json!({ "refused": error.to_string() }),
    }
}
