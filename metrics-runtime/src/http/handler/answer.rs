//! Headers of answers.

use crate::encode::Missing;
use crate::http::request::Unmeasured;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use http_body_util::Full;
use std::collections::BTreeSet;

static MISSING: HeaderName = HeaderName::from_static("x-metrics-missing");

/// The names of collectors, each once.
pub(super) fn names_of(missing: &[Missing]) -> String {
    let names: BTreeSet<&str> = missing.iter().map(|it| it.collector.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    names.join(", ")
}

/// Names the collectors that are missing, if there are any. What may not stand in a
/// header is replaced.
pub(super) fn name_missing(headers: &mut HeaderMap, missing: &[Missing]) {
    let allowed = |byte: char| if matches!(byte, ' '..='~') { byte } else { '?' };
    let names: String = names_of(missing).chars().map(allowed).take(1_024).collect();
    if !missing.is_empty()
        && let Ok(names) = HeaderValue::try_from(names)
    {
        headers.insert(MISSING.clone(), names);
    }
}

/// The headers that every answer has; no body for `HEAD`.
pub(super) fn finished(mut response: Response<Bytes>, head: bool) -> Response<Full<Bytes>> {
    let length = HeaderValue::from(response.body().len());
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, length);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    // Label values may be anybody's text, and no browser shall take it for HTML.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Scrapes aren't among the requests of the service, whatever the path.
    response.extensions_mut().insert(Unmeasured);
    response.map(|body| Full::new(if head { Bytes::new() } else { body }))
}
