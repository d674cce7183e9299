//! One connection, from accepting to closing.

use super::answer::{BUSY, answer, busy, status};
use super::own::Own;
use super::security::{Handshake, Stream};
use super::server::unless;
use super::slots::{Entry, Refused, Slot, Slots};
use super::socket::{end, has_bytes};
use super::watch::{Answer, Times, Watch, Watched};
use crate::Handler;
use crate::http::listening::Listening;
use axum::extract::ConnectInfo;
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

/// Bytes of a request's line and headers.
const HEAD_BYTES: usize = 16 * 1024;

/// Bytes of a request's body, which is read and thrown away.
const BODY_BYTES: u64 = 64 * 1024;

/// What connections have in common.
pub(super) struct Shared {
    pub(super) handler: Handler,
    /// Where the page is.
    pub(super) path: &'static str,
    pub(super) slots: Arc<Slots>,
    pub(super) times: Times,
    pub(super) handshake: Arc<dyn Handshake>,
    pub(super) own: Own,
    pub(super) stop: watch::Receiver<bool>,
    /// It is known as long as it serves.
    pub(super) _listening: Listening,
}

/// What a connection is allowed.
enum Right {
    /// To ask.
    Ask(Slot),
    /// To hear that it may not.
    Hear { until_told: Refused },
}

impl Right {
    /// Whether the connection can't be kept open idly.
    fn is_scarce(&self) -> bool {
        match self {
            Self::Ask(slot) => slot.scarce(),
            Self::Hear { .. } => true,
        }
    }

    /// Is told when `is_scarce` may have changed; `None` where it never does.
    fn pressed(&self) -> Option<&Notify> {
        match self {
            Self::Ask(slot) => Some(slot.pressed()),
            Self::Hear { .. } => None,
        }
    }
}

/// Serves an accepted connection until it closes or a limit is reached.
pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream, peer: SocketAddr, entry: Entry) {
    // Waiting for a slot counts.
    let arrived = Instant::now();
    let times = shared.times;
    let right = match entry {
        Entry::Slot(slot) => Right::Ask(slot),
        Entry::Wait(granted) => {
            // Leaves the time in which those are refused that waited in vain.
            let patience = arrived + times.header.saturating_sub(times.refusal());
            let stop = stopped(&shared);
            match unless(pin!(stop), timeout_at(patience, granted)).await {
                Some(Ok(Ok(slot))) => Right::Ask(slot),
                // It has waited in vain, or there is nothing left to wait for.
                _ => Right::Hear {
                    until_told: shared.slots.refuse(),
                },
            }
        }
        Entry::Refused(until_told) => Right::Hear { until_told },
    };
    if let Right::Hear { until_told } = &right
        && until_told.is_crowded()
        && !begins(&shared, &stream).await
    {
        return;
    }
    let deadline = match right {
        Right::Ask(_) => arrived + times.header,
        Right::Hear { .. } => Instant::now() + times.refusal(),
    };
    // An answer is written at once: there is nothing to gather into packets.
    // Without it the answer only takes longer.
    let _ = stream.set_nodelay(true);
    // A client that fails the handshake has been told so by TLS.
    if let Ok(Ok(stream)) = timeout_at(deadline, shared.handshake.shake(stream)).await {
        converse(&shared, stream, peer, &right, deadline).await;
    }
}

/// Whether a client that is refused begins to ask soon; else it is told unasked. A
/// request that it has under way will find the answer there.
async fn begins(shared: &Shared, stream: &TcpStream) -> bool {
    let mut first = [0];
    let silence = shared.times.silence.min(shared.times.refusal());
    let begun = timeout(silence, stream.peek(&mut first));
    let begun = unless(pin!(stopped(shared)), begun).await;
    // The runtime may not have noticed yet.
    let silent = matches!(begun, Some(Err(_))) && !has_bytes(stream);
    if silent && shared.handshake.is_plain() {
        // Nothing was written yet, so that there is room for it.
        let _ = stream.try_write(BUSY);
        end(stream);
    }
    !silent
}

/// Ends when the listener is stopped.
async fn stopped(shared: &Shared) {
    let mut stop = shared.stop.clone();
    // An error is the end as well.
    drop(stop.wait_for(|stop| *stop).await);
}

/// Answers requests.
async fn converse(
    shared: &Shared,
    stream: Box<dyn Stream>,
    peer: SocketAddr,
    right: &Right,
    deadline: Instant,
) {
    let watch = Watch::new(shared.times, deadline);
    let service = service_fn(|mut request: Request<Incoming>| {
        // As axum tells its applications.
        request.extensions_mut().insert(ConnectInfo(peer));
        let watch = Arc::clone(&watch);
        watch.busy();
        async move {
            let mut response = match right {
                Right::Ask(_) => respond(shared, &watch, request).await,
                Right::Hear { .. } => {
                    watch.refuse();
                    busy()
                }
            };
            if right.is_scarce() {
                close(&mut response);
            }
            Ok::<_, Infallible>(response.map(|body| Answer::new(body, watch)))
        }
    });
    let stream = TokioIo::new(Watched::new(stream, Arc::clone(&watch)));
    let connection = http1::Builder::new()
        // Ours; see the module of the watch.
        .header_read_timeout(None)
        .max_header_size(HEAD_BYTES)
        .max_buf_size(HEAD_BYTES)
        // A client may close its side once it has asked.
        .half_close(true)
        .serve_connection(stream, service);

    let mut connection = pin!(connection);
    let mut stop = shared.stop.clone();
    let mut stop = pin!(stop.wait_for(|stop| *stop));
    let notified = || async move {
        match right.pressed() {
            Some(pressed) => pressed.notified().await,
            None => pending().await,
        }
    };
    let mut pressed = pin!(notified());
    let mut sleep = pin!(sleep_until(deadline));
    let mut closing = false;
    poll_fn(|cx| {
        loop {
            // An error is the client's: it broke off or spoke no HTTP, and has
            // been answered where that is possible.
            if connection.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            if !closing {
                closing = stop.as_mut().poll(cx).is_ready();
                if !closing && watch.idle() {
                    // Registered first: whoever presses after the look wakes us.
                    while pressed.as_mut().poll(cx).is_ready() {
                        pressed.set(notified());
                    }
                    closing = right.is_scarce();
                }
                if closing {
                    connection.as_mut().graceful_shutdown();
                    continue;
                }
            }
            let Some(until) = watch.deadline() else {
                return Poll::Pending;
            };
            if sleep.deadline() != until {
                sleep.as_mut().reset(until);
            }
            return sleep.as_mut().poll(cx);
        }
    })
    .await;
}

type Page = Response<http_body_util::Full<bytes::Bytes>>;

/// Reads what a request has for a body and answers it.
async fn respond(shared: &Shared, watch: &Watch, request: Request<Incoming>) -> Page {
    let (head, body) = request.into_parts();
    let until = Instant::now() + shared.times.header;
    let error = match timeout_at(until, discard(body)).await {
        Ok(true) => {
            return answer(&shared.handler, shared.path, head).await;
        }
        Ok(false) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(_) => StatusCode::REQUEST_TIMEOUT,
    };
    watch.refuse();
    let mut response = status(error);
    close(&mut response);
    response
}

/// Reads a body to its end, so that the next request can be told from it;
/// false if that would be too much or fails.
async fn discard(mut body: Incoming) -> bool {
    // A client that announces too much is told before it sends any of it.
    if body.size_hint().lower() > BODY_BYTES {
        return false;
    }
    let mut left = BODY_BYTES;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return false;
        };
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        let Some(rest) = left.checked_sub(length) else {
            return false;
        };
        left = rest;
    }
    true
}

/// Closes the connection after this answer.
fn close(response: &mut Page) {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
}
