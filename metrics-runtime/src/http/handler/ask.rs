//! What a request asks for.

use super::encoding::{self, Encoding};
use super::negotiate::{self, Negotiated};
use super::query::Query;
use super::refusal::Refusal;
use crate::Format;
use http::header::ALLOW;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use std::collections::BTreeSet;
use std::time::Duration;

static SCRAPE_TIMEOUT: HeaderName = HeaderName::from_static("x-prometheus-scrape-timeout-seconds");

/// What a request asks for.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) negotiated: Negotiated,
    pub(super) content_type: HeaderValue,
    pub(super) encoding: Encoding,
    pub(super) names: Option<BTreeSet<String>>,
    pub(super) timeout: Option<Duration>,
}

impl Ask {
    pub(super) fn read<B>(request: &Request<B>) -> Result<Self, Refusal> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let text = "the page is read with GET or HEAD";
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, text).with(ALLOW, "GET, HEAD"));
        }
        let headers = request.headers();
        let query = Query::parse(request.uri().query().unwrap_or(""))
            .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, error.to_string()))?;
        let negotiated = query
            .format
            .map_or_else(|| negotiate::negotiate(headers), Negotiated::of);
        // A browser would save it.
        let shown = query.format == Some(Format::OpenMetrics) && negotiate::is_browser(headers);
        let content_type = if shown {
            HeaderValue::from_static("text/plain; charset=utf-8")
        } else {
            HeaderValue::try_from(negotiated.content_type())
                .unwrap_or(HeaderValue::from_static(Format::Text.content_type()))
        };
        Ok(Self {
            negotiated,
            content_type,
            encoding: encoding::negotiate(headers),
            names: query.names,
            timeout: timeout_of(headers),
        })
    }
}

/// How long the scraper waits; `None` if it doesn't say so in seconds above zero.
fn timeout_of(headers: &HeaderMap) -> Option<Duration> {
    let seconds: f64 = headers.get(&SCRAPE_TIMEOUT)?.to_str().ok()?.parse().ok()?;
    let timeout = Duration::try_from_secs_f64(seconds).ok()?;
    (!timeout.is_zero()).then_some(timeout)
}
