//! Which route a request has met.

use axum::extract::MatchedPath;
use http::{Extensions, HeaderMap, Method, Request, Uri};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The endpoint of requests that have met no route. The path that they ask for
/// is the client's, and is never a label.
pub(super) const UNMATCHED: &str = "<unmatched>";

/// The head of a request.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// Its method.
    pub method: &'a Method,
    /// What it asks for.
    pub uri: &'a Uri,
    /// Its header fields.
    pub headers: &'a HeaderMap,
    /// What layers have put there.
    pub extensions: &'a Extensions,
}

impl<'a> RequestHead<'a> {
    pub(super) fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }
}

type Find = dyn Fn(RequestHead<'_>) -> Option<Cow<'static, str>> + Send + Sync;

/// Finds the route.
#[derive(Clone, Default)]
pub(super) enum Endpoint {
    /// axum's `MatchedPath`.
    #[default]
    Axum,
    /// As the user says.
    Found(Arc<Find>),
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Axum => "Axum",
            Self::Found(_) => "Found",
        })
    }
}

impl Endpoint {
    /// Calls `with` with the route of a request, if it has met one.
    #[inline]
    pub(super) fn with<R>(&self, head: RequestHead<'_>, with: impl FnOnce(Option<&str>) -> R) -> R {
        match self {
            Self::Axum => {
                let matched = head.extensions.get::<MatchedPath>();
                with(matched.map(MatchedPath::as_str))
            }
            Self::Found(find) => {
                let found = find(head);
                // Whoever says so by the label's value means the same.
                with(found.as_deref().filter(|found| *found != UNMATCHED))
            }
        }
    }
}
