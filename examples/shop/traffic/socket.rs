//! A visitor's WebSocket: the shop tells of orders over it, and it is what one chats over.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderValue, StatusCode};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::trace::Trace;

pub(super) struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// Messages that were read.
    messages: u64,
}

impl Socket {
    /// Opens the WebSocket at a path with its query; without it, there is only an answer.
    pub(super) async fn open(
        address: SocketAddr,
        path: &str,
        token: Option<&str>,
    ) -> anyhow::Result<(StatusCode, Option<Trace>, Option<Self>)> {
        let mut request = format!("ws://{address}{path}").into_client_request()?;
        if let Some(token) = token {
            let value = HeaderValue::from_str(&format!("Bearer {token}"))?;
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let stream = TcpStream::connect(address).await?;
        let (parts, socket) = match client_async(request, stream).await {
            Ok((stream, response)) => {
                let messages = 0;
                let socket = Self { stream, messages };
                (response.into_parts().0, Some(socket))
            }
            Err(Error::Http(response)) => (response.into_parts().0, None),
            Err(error) => return Err(error).context("the upgrade failed"),
        };
        Ok((parts.status, Trace::of_answer(&parts.headers), socket))
    }

    /// Says something in a chat; returns whether the shop has taken it.
    pub(super) async fn say(&mut self, draft: &Value) -> anyhow::Result<bool> {
        let text = Message::Text(draft.to_string().into());
        self.stream.send(text).await?;
        while let Some(message) = self.stream.next().await {
            // In between there may be what others say.
            if let Message::Text(text) = message? {
                self.messages += 1;
                let answer: Value = serde_json::from_str(&text)?;
                if answer["sent"].is_i64() || answer["refused"].is_string() {
                    return Ok(answer["sent"].is_i64());
                }
            }
        }
        bail!("the shop said good-bye instead of an answer")
    }

    /// Says good-bye, and counts what the shop said before it did, too.
    ///
    /// What a shop has sent by then lies in front of its own good-bye, so that
    /// no message is lost and the numbers agree.
    pub(super) async fn close(mut self) -> u64 {
        let _ = self.stream.close(None).await;
        while let Some(Ok(message)) = self.stream.next().await {
            self.messages += u64::from(matches!(message, Message::Text(_)));
        }
        self.messages
    }
}
