//! What all connections by WebSocket have in common.

use axum::extract::ws::{Message, WebSocket};
use metrics_runtime::{counted, in_progress};
use serde::Serialize;
use serde_json::json;

use crate::business::{ConnectionType, family};

/// Holds a connection open until it ends, and counts it meanwhile: by type, and all in
/// one.
#[in_progress(
    name = "websocket_connections_in_progress",
    help = "Open WebSocket connections."
)]
pub(super) async fn hold_open(r#type: ConnectionType, connection: impl Future<Output = ()>) {
    let _open = family::websocket_connections(r#type).start();
    connection.await;
}

#[counted(
    name = "websocket_messages_sent_total",
    help = "Messages sent over WebSockets."
)]
pub(super) async fn send(
    socket: &mut WebSocket,
    message: &impl Serialize,
) -> Result<(), axum::Error> {
    let text = json!(message).to_string();
    socket.send(Message::Text(text.into())).await
}
