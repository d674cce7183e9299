use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use metrics_runtime::{counted, timed};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;

use super::socket::{hold_open, send};
use crate::app::App;
use crate::business::ConnectionType;
use crate::domain::{OrderUpdate, session};
use crate::error::ShopError;
use crate::stop;

/// `GET /orders/updates`, a WebSocket
#[timed]
#[counted]
pub(crate) async fn follow_orders(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ShopError> {
    let user_id = session::authenticate(&app.store, &headers).await?;
    // From here on, so that the customer misses nothing after the answer.
    let updates = app.updates.subscribe();
    Ok(upgrade.on_upgrade(move |socket| {
        let connection = send_updates(socket, user_id, updates, app.closing);
        hold_open(ConnectionType::Orders, connection)
    }))
}

/// Sends the user's updates until either side closes.
async fn send_updates(
    mut socket: WebSocket,
    user_id: i64,
    mut updates: broadcast::Receiver<OrderUpdate>,
    mut closing: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            update = updates.recv() => match update {
                Ok(update) if update.user_id == user_id => {
                    if send(&mut socket, &update).await.is_err() {
                        return;
                    }
                }
                // Another user's, or some were missed.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            // Customers have nothing to say but good-bye, which is answered
            // while the next message is awaited.
            message = socket.recv() => if !matches!(message, Some(Ok(_))) {
                return;
            },
            () = stop::told(&mut closing) => {
                let _ = socket.send(Message::Close(None)).await;
                return;
            }
        }
    }
}
