//! What the listener answers.

use crate::Handler;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::Full;

/// Answers a request: those who may see the page at this path, and nothing elsewhere.
pub(super) async fn answer(handler: &Handler, path: &str, parts: Parts) -> Response<Full<Bytes>> {
    if let Err(denial) = handler.guard().admit(&parts).await {
        return denial.respond(&parts.method);
    }
    let request = Request::from_parts(parts, ());
    let asked = request.uri().path();
    if asked.strip_suffix('/').unwrap_or(asked) == path {
        handler.respond(&request).await
    } else {
        status(StatusCode::NOT_FOUND)
    }
}

/// Too many connections.
pub(super) fn busy() -> Response<Full<Bytes>> {
    let mut response = status(StatusCode::SERVICE_UNAVAILABLE);
    let second = HeaderValue::from_static("1");
    response.headers_mut().insert(RETRY_AFTER, second);
    response
}

/// The same answer, for a client that hasn't asked.
pub(super) const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 19\r\nconnection: close\r\n\r\n\
    Service Unavailable";

/// A status and its name.
pub(super) fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let reason = status.canonical_reason().unwrap_or_default();
    let mut response = Response::new(Full::from(reason));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
