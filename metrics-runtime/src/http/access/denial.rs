//! Refusals, and what those who are refused are told: nothing but that.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, Response, StatusCode};
use http_body_util::Full;
use std::time::Duration;

/// Why a request is refused: the label `reason` of `metrics_access_denied_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The address isn't on the list, or can't be read from what a proxy says.
    Address,
    /// The authoriser says no, and no token was presented.
    Authorizer,
    /// The authoriser panicked or took too long, and no token was presented.
    AuthorizerFailed,
    /// A token was presented that isn't valid.
    BadCredential,
    /// A token is asked for, and none was presented.
    NoCredential,
    /// The caller was refused often.
    Throttled,
    /// The server doesn't say who asks.
    UnknownPeer,
}

/// All of them, and what they are answered with.
pub(super) const STATUS: [(Reason, StatusCode); 7] = [
    (Reason::Address, StatusCode::FORBIDDEN),
    (Reason::Authorizer, StatusCode::UNAUTHORIZED),
    (Reason::AuthorizerFailed, StatusCode::UNAUTHORIZED),
    (Reason::BadCredential, StatusCode::UNAUTHORIZED),
    (Reason::NoCredential, StatusCode::UNAUTHORIZED),
    (Reason::Throttled, StatusCode::TOO_MANY_REQUESTS),
    (Reason::UnknownPeer, StatusCode::FORBIDDEN),
];

impl Reason {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Authorizer => "authorizer",
            Self::AuthorizerFailed => "authorizer_failed",
            Self::BadCredential => "bad_credential",
            Self::NoCredential => "no_credential",
            Self::Throttled => "throttled",
            Self::UnknownPeer => "unknown_peer",
        }
    }

    fn status(self) -> StatusCode {
        let mut found = STATUS.iter().filter(|(reason, _)| *reason == self);
        found
            .next()
            .map_or(StatusCode::FORBIDDEN, |(_, status)| *status)
    }
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    pub(super) reason: Reason,
    /// How long a throttled caller should wait.
    pub(super) wait: Duration,
}

impl Denial {
    /// What is answered: all with the same status look alike.
    pub(crate) fn respond(self, method: &Method) -> Response<Full<Bytes>> {
        let status = self.reason.status();
        let text = match status {
            StatusCode::UNAUTHORIZED => "unauthorized\n",
            StatusCode::TOO_MANY_REQUESTS => "too many requests\n",
            _ => "forbidden\n",
        };
        let body = if *method == Method::HEAD { "" } else { text };
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(CONTENT_TYPE, kind);
        headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                // Whole seconds, so that it isn't too early.
                let seconds = self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0);
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
            }
            _ => {}
        }
        response
    }
}
