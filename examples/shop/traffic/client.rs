//! An HTTP client that drops its connection exactly when it is told to.

use std::net::SocketAddr;

use anyhow::Context;
use axum::body::Bytes;
use axum::http::StatusCode;
use http_body_util::{BodyExt, Full};
use hyper::Response;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::acknowledgement::Reach;
use super::call::Call;
use super::trace::Trace;

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// `None` if nobody keeps it.
    pub(super) trace: Option<Trace>,
    /// `null` if there was no JSON in it.
    pub(super) body: Value,
}

/// One connection, kept for the next request while all goes well.
pub(super) struct Client {
    address: SocketAddr,
    idle: Option<Connection>,
}

impl Client {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            idle: None,
        }
    }

    /// Sends a request and reads the answer.
    ///
    /// # Cancellation
    ///
    /// The future owns the connection: dropping it closes that.
    pub(super) async fn send(
        &mut self,
        call: Call,
        request_id: &str,
        token: Option<&str>,
    ) -> anyhow::Result<Answer> {
        let (connection, response) = self.begin(call, request_id, token).await?;
        let status = response.status();
        let trace = Trace::of_answer(response.headers());
        let body = response.into_body().collect().await?.to_bytes();
        self.idle = Some(connection);
        Ok(Answer {
            status,
            trace,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }

    /// Sends a request, reads the answer's head, and a piece of its body too if it
    /// is to, and closes the connection. Returns the trace that the head says.
    pub(super) async fn send_and_close(
        &mut self,
        call: Call,
        request_id: &str,
        token: Option<&str>,
        reach: Reach,
    ) -> anyhow::Result<Option<Trace>> {
        let (_connection, mut response) = self.begin(call, request_id, token).await?;
        if reach == Reach::Body {
            let piece = response.body_mut().frame().await;
            piece.context("the answer has no body")??;
        }
        Ok(Trace::of_answer(response.headers()))
    }

    /// Sends a request and reads the head of the answer.
    async fn begin(
        &mut self,
        call: Call,
        request_id: &str,
        token: Option<&str>,
    ) -> anyhow::Result<(Connection, Response<Incoming>)> {
        let request = call.into_request(self.address, request_id, token)?;
        let mut connection = match self.idle.take() {
            Some(connection) if !connection.sender.is_closed() => connection,
            _ => Connection::open(self.address).await?,
        };
        connection.sender.ready().await?;
        let response = connection.sender.send_request(request).await?;
        Ok((connection, response))
    }
}

struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<hyper::Result<()>>,
}

impl Connection {
    async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        Ok(Self { sender, driver })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The socket belongs to the driver and is closed with it.
        self.driver.abort();
    }
}
