//! Limits of a handler.

use std::time::Duration;

/// Limits of a [`Handler`](crate::Handler).
///
/// ```
/// use metrics_runtime::{HandlerOptions, Metrics};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), metrics_runtime::BuildError> {
/// let metrics = Metrics::builder().build()?;
/// let options = HandlerOptions::new()
///     .max_in_flight(64)
///     .timeout(Duration::from_secs(5))
///     .strict(true);
/// let handler = metrics.handler_with(options);
/// # let _ = handler;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "options do nothing until a handler is made with them"]
pub struct HandlerOptions {
    pub(super) max_in_flight: usize,
    pub(super) timeout: Duration,
    pub(super) strict: bool,
}

impl Default for HandlerOptions {
    fn default() -> Self {
        Self {
            max_in_flight: 512,
            timeout: Duration::from_secs(10),
            strict: false,
        }
    }
}

impl HandlerOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many requests may be in flight, from their arrival until their answer's
    /// body was sent or dropped; further ones are answered with 503 at once.
    /// Default: 512, and one at least.
    ///
    /// However many they are, they share at most 16 pages, so that clients which read
    /// slowly don't fill the memory: twelve whole ones and four with `name[]`. A
    /// further page waits until one of them was sent, within the
    /// [`timeout`](Self::timeout). Neither `axum::serve` nor hyper by itself gives a
    /// client up that reads a byte now and then, so that those whom the guard lets in
    /// can hold all of them; [`Metrics::serve`](crate::Metrics::serve) resets such
    /// connections.
    pub const fn max_in_flight(mut self, requests: usize) -> Self {
        self.max_in_flight = requests;
        self
    }

    /// How long a request waits for its page before it is answered with 503.
    /// Default: ten seconds.
    ///
    /// A scraper that says in `X-Prometheus-Scrape-Timeout-Seconds` that it waits
    /// for less is believed. It holds on any executor: a thread of the handler's
    /// keeps the time.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether a page on which a collector is missing is answered with 500 and the
    /// collector's name instead. Default: false; the page is served without it, and
    /// `X-Metrics-Missing` names it.
    pub const fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }
}
