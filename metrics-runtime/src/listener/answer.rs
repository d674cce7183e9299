//! What the listener answers.

use crate::Handler;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::Full;

/// Answers a request: those who may see the page at this path, and nothing elsewhere.
pub(super) async fn answer(handler: &Handler, path: &str, parts: Parts) -> Response<Full<Bytes>> {
    let guard = handler.guard();
    if let Err(denial) = guard.admit(&parts).await {
        return guard.refuse(denial, &parts.method);
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
    content-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n\
    x-content-type-options: nosniff\r\ncontent-length: 19\r\nconnection: close\r\n\r\n\
    Service Unavailable";

/// A status and its name.
pub(super) fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let reason = status.canonical_reason().unwrap_or_default();
    let mut response = Response::new(Full::from(reason));
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::{BUSY, busy};

    // Mutation: a header is left out of the one or the other.
    #[test]
    fn who_asked_and_who_did_not_are_told_the_same() {
        let sent = String::from_utf8_lossy(BUSY);
        let answer = busy();
        for name in ["cache-control", "x-content-type-options"] {
            assert!(answer.headers().contains_key(name), "{name}");
        }
        for (name, value) in answer.headers() {
            let value = value.to_str().expect("it is text");
            assert!(sent.contains(&format!("\r\n{name}: {value}\r\n")), "{sent}");
        }
    }
}
