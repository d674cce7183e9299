//! What the options of a layer come to.

use super::endpoint::{Endpoint, RequestHead};
use super::exclusion::Exclusion;
use super::label_set::LabelSet;
use http::uri::Scheme;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The options of a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) endpoint: Endpoint,
    pub(super) exclusion: Exclusion,
    /// The share of requests that are timed and sized, if not all are.
    pub(super) sample: Option<f64>,
    /// Bounds of latencies, if not those of the registry.
    pub(super) buckets: Option<Vec<f64>>,
    pub(super) labels: LabelSet,
    pub(super) view: View,
    pub(super) is_secure: IsSecure,
}

/// Names the view of an endpoint, for Django's families.
#[derive(Clone, Default)]
pub(super) struct View(pub(super) Option<Arc<FindView>>);

pub(super) type FindView = dyn Fn(&str) -> Option<Cow<'static, str>> + Send + Sync;

impl View {
    /// The name of the view; that of the endpoint if it has none of its own.
    pub(super) fn of<'a>(&self, endpoint: &'a str) -> Cow<'a, str> {
        let found = self.0.as_ref().and_then(|find| find(endpoint));
        found.unwrap_or(Cow::Borrowed(endpoint))
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("View").field(&self.0.is_some()).finish()
    }
}

/// Says whether a request came by TLS, for Django's families.
#[derive(Clone, Default)]
pub(super) struct IsSecure(pub(super) Option<Arc<FindSecure>>);

pub(super) type FindSecure = dyn Fn(RequestHead<'_>) -> bool + Send + Sync;

impl IsSecure {
    /// By the scheme of its URI, unless the application knows better.
    pub(super) fn of(&self, head: RequestHead<'_>) -> bool {
        match &self.0 {
            Some(find) => find(head),
            None => head.uri.scheme() == Some(&Scheme::HTTPS),
        }
    }
}

impl fmt::Debug for IsSecure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IsSecure").field(&self.0.is_some()).finish()
    }
}
