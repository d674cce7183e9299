//! A visitor's WebSocket, over which the shop tells of the visitor's orders.

use std::net::SocketAddr;

use anyhow::Context;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderValue, StatusCode};
use futures_util::StreamExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::route::Route;
use super::trace::Trace;

pub(super) struct Updates {
    socket: WebSocketStream<TcpStream>,
}

impl Updates {
    /// Opens the WebSocket; without it, there is only an answer.
    pub(super) async fn open(
        address: SocketAddr,
        token: Option<&str>,
    ) -> anyhow::Result<(StatusCode, Option<Trace>, Option<Self>)> {
        let uri = format!("ws://{address}{}", Route::FollowOrders.path());
        let mut request = uri.into_client_request()?;
        if let Some(token) = token {
            let value = HeaderValue::from_str(&format!("Bearer {token}"))?;
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let stream = TcpStream::connect(address).await?;
        let (parts, socket) = match client_async(request, stream).await {
            Ok((socket, response)) => (response.into_parts().0, Some(Self { socket })),
            Err(Error::Http(response)) => (response.into_parts().0, None),
            Err(error) => return Err(error).context("the upgrade failed"),
        };
        Ok((parts.status, Trace::of_answer(&parts.headers), socket))
    }

    /// Says good-bye, and counts what the shop said before it did, too.
    ///
    /// What a shop has sent by then lies in front of its own good-bye, so that
    /// no message is lost and the numbers agree.
    pub(super) async fn close(mut self) -> u64 {
        let _ = self.socket.close(None).await;
        let mut updates = 0;
        while let Some(Ok(message)) = self.socket.next().await {
            updates += u64::from(matches!(message, Message::Text(_)));
        }
        updates
    }
}
