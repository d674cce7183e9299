//! Answers: JSON, with the headers that all of them have.

use super::outbox::{Outbox, PIECE, Sending};
use crate::Unmeasured;
use axum::body::Body;
use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;
use std::time::Instant;

const JSON: &str = "application/json";

/// What a request is answered with.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    content_type: &'static str,
    body: Content,
    /// Few have one, and answers are returned as errors too.
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

/// What is sent.
#[derive(Debug)]
enum Content {
    Whole(Bytes),
    /// By pieces that wait to be read.
    Posted(Sending),
}

/// Why a request is refused, as its caller is told: the fact and the remedy, nothing
/// of what is inside.
#[derive(Debug, Serialize)]
struct Told<'a> {
    error: &'a str,
    /// Which of the items it is about, from zero on.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<usize>,
}

impl Answer {
    /// This value as JSON.
    pub(super) fn json(value: &impl Serialize) -> Self {
        Self::json_with(StatusCode::OK, value)
    }

    fn json_with(status: StatusCode, value: &impl Serialize) -> Self {
        // It fails for maps whose keys aren't text, and we have none.
        let mut body = serde_json::to_vec(value).unwrap_or_else(|_| b"null".to_vec());
        // It may wait for its reader, and takes twice its length until then.
        body.shrink_to_fit();
        Self {
            status,
            content_type: JSON,
            body: Content::Whole(body.into()),
            header: None,
        }
    }

    /// Text of another media type.
    pub(super) fn text(content_type: &'static str, text: String) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            body: Content::Whole(text.into()),
            header: None,
        }
    }

    /// A refusal.
    pub(super) fn refused(status: StatusCode, error: &str) -> Self {
        Self::json_with(status, &Told { error, item: None })
    }

    /// A refusal for one of several items.
    pub(super) fn refused_item(status: StatusCode, error: &str, item: usize) -> Self {
        let item = Some(item);
        Self::json_with(status, &Told { error, item })
    }

    pub(super) fn not_found() -> Self {
        Self::refused(StatusCode::NOT_FOUND, "there is nothing at this path")
    }

    pub(super) fn not_allowed(allow: &'static str) -> Self {
        let error = format!("this path takes {allow} alone");
        let allow = (ALLOW, HeaderValue::from_static(allow));
        Self {
            header: Some(Box::new(allow)),
            ..Self::refused(StatusCode::METHOD_NOT_ALLOWED, &error)
        }
    }

    /// A refusal of one who may come back after so many seconds.
    pub(super) fn later(status: StatusCode, error: &str, seconds: u64) -> Self {
        let header = (RETRY_AFTER, HeaderValue::from(seconds));
        Self {
            header: Some(Box::new(header)),
            ..Self::refused(status, error)
        }
    }

    /// The same in the outbox until it is read, unless it is small; a refusal if there is
    /// no room until the deadline.
    pub(super) async fn posted(self, outbox: &Outbox, deadline: Instant) -> Self {
        let body = match self.body {
            Content::Whole(bytes) if bytes.len() > PIECE => {
                let Some(sending) = outbox.post(bytes, deadline).await else {
                    let error = "too many such answers are being sent; ask again later";
                    return Self::later(StatusCode::SERVICE_UNAVAILABLE, error, 1);
                };
                Content::Posted(sending)
            }
            body => body,
        };
        Self { body, ..self }
    }

    /// As a response, without a body for `HEAD`.
    pub(super) fn into_response(self, head: bool) -> Response<Body> {
        let (length, body) = match self.body {
            Content::Whole(bytes) => (bytes.len(), Body::from(bytes)),
            Content::Posted(sending) => (sending.len(), Body::new(sending)),
        };
        let body = if head { Body::empty() } else { body };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let content_type = HeaderValue::from_static(self.content_type);
        headers.insert(CONTENT_TYPE, content_type);
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Label values may be anybody's text, and no browser shall take it for HTML.
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.extend(self.header.map(|header| *header));
        // As with scrapes: these aren't among the requests of the service.
        response.extensions_mut().insert(Unmeasured);
        response
    }
}
