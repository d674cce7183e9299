//! The handler itself: limits, answers and their headers.

use super::alarm;
use super::answer::{finished, name_missing, names_of};
use super::ask::Ask;
use super::coalesce::{Shared, aside};
use super::encoding::Encoding;
use super::options::HandlerOptions;
use super::page::{Maker, NoPage, Page};
use super::refusal::Refusal;
use super::sent::holding;
use crate::http::Guard;
use crate::{Format, Metrics, Running};
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};

/// The longest timeout, so that no point in time is out of reach.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);

/// Pages with `name[]` that are in memory at a time, from when they are begun until
/// they are sent: they aren't shared, and the blocking threads of the program are not
/// ours alone.
const MOST_FILTERED: usize = 4;

/// A handler of scrapes, for any server that has `http`'s types.
///
/// It answers `GET` and `HEAD` of whatever path it is given with the page, in the
/// format that `Accept` asks for (text, OpenMetrics, protobuf), compressed if
/// `Accept-Encoding` asks for it. In the query, `name[]` limits the page to
/// families (by their names or those of their samples; may be given again) and
/// `format=text|openmetrics|protobuf` stands above `Accept`.
///
/// Concurrent requests share a page, which has everything that was recorded
/// before the request came. It is made on a blocking thread of tokio's runtime;
/// elsewhere on a thread of its own.
///
/// The handler counts itself: `metrics_scrapes_total`,
/// `metrics_scrape_duration_seconds`, `metrics_scrapes_in_flight` and
/// `metrics_exposition_errors_total` are on the page once there is a handler.
/// Clones are one handler, with one set of limits.
///
/// ```
/// use http::{Request, StatusCode};
/// use metrics_runtime::Metrics;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), metrics_runtime::BuildError> {
/// let handler = Metrics::builder().build()?.handler();
/// let request = Request::get("/metrics?name[]=metrics_scrapes_total");
/// let request = request.header("accept", "application/openmetrics-text");
/// let response = handler.respond(&request.body(()).expect("it is valid")).await;
/// assert_eq!(response.status(), StatusCode::OK);
/// assert_eq!(
///     response.headers()["content-type"],
///     "application/openmetrics-text; version=1.0.0; charset=utf-8"
/// );
/// # Ok(())
/// # }
/// ```
///
/// # Security
///
/// The handler itself answers whoever asks. [`Handler::router`], [`Metrics::router`]
/// and [`Metrics::serve`] are behind the [guard](crate::Guard), which
/// [`Metrics::guard`] gives to other servers as a tower layer.
#[derive(Clone, Debug)]
pub struct Handler {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    maker: Arc<Maker>,
    guard: Guard,
    shared: Arc<Shared>,
    options: HandlerOptions,
    requests: Arc<Semaphore>,
    filtered: Arc<Semaphore>,
}

impl Metrics {
    /// A handler that serves the page, with the default limits.
    pub fn handler(&self) -> Handler {
        self.handler_with(HandlerOptions::default())
    }

    /// A handler that serves the page, with these limits.
    pub fn handler_with(&self, options: HandlerOptions) -> Handler {
        Handler::of(Maker::new(self.registry()), self.guard(), options)
    }
}

impl Handler {
    pub(super) fn of(maker: Maker, guard: Guard, options: HandlerOptions) -> Self {
        let requests = options.max_in_flight.clamp(1, Semaphore::MAX_PERMITS);
        let inner = Inner {
            maker: Arc::new(maker),
            guard,
            shared: Arc::default(),
            options,
            requests: Arc::new(Semaphore::new(requests)),
            filtered: Arc::new(Semaphore::new(MOST_FILTERED)),
        };
        let inner = Arc::new(inner);
        Self { inner }
    }

    /// Who may ask, for what serves its pages.
    pub(crate) fn guard(&self) -> Guard {
        self.inner.guard.of_toolkit()
    }

    /// Answers a request.
    ///
    /// The answer's length is known, and that to `HEAD` has the headers of that to
    /// `GET`. It is
    ///
    /// - 200 with the page; `X-Metrics-Missing` names collectors that are missing,
    /// - 400 for a query that can't be read,
    /// - 405 for other methods,
    /// - 500 where the page can't be written, or a collector is missing and the
    ///   handler [strict](HandlerOptions::strict),
    /// - 503 with more requests [in flight](HandlerOptions::max_in_flight) than may
    ///   be, or when the page isn't there [in time](HandlerOptions::timeout), for it
    ///   hangs or there are many pages in memory that clients don't read.
    ///
    /// The future borrows nothing, and needs neither tokio's runtime nor its
    /// timers: any executor can poll it.
    ///
    /// # Cancellation
    ///
    /// Dropped, it waits no longer; others who share its page still get it.
    pub fn respond<B>(
        &self,
        request: &Request<B>,
    ) -> impl Future<Output = Response<Full<Bytes>>> + Send + 'static + use<B> {
        let inner = Arc::clone(&self.inner);
        let head = request.method() == Method::HEAD;
        let ask = Ask::read(request);
        async move {
            let arrived = Instant::now();
            let own = &inner.maker.own;
            let running = own.in_flight.start();
            let answer = match ask {
                Ok(ask) => inner.answer(ask, arrived, running).await,
                Err(refusal) => Err(refusal),
            };
            own.duration.observe_duration(arrived.elapsed());
            finished(answer.unwrap_or_else(Refusal::into_response), head)
        }
    }
}

impl Inner {
    async fn answer(
        &self,
        ask: Ask,
        arrived: Instant,
        running: Running,
    ) -> Result<Response<Bytes>, Refusal> {
        let permit = Arc::clone(&self.requests).try_acquire_owned();
        let permit =
            permit.map_err(|_| Refusal::busy("too many requests for the page are in flight"))?;
        // Until its answer is sent, the request is in flight.
        let in_flight = (permit, running);
        let Ask {
            negotiated,
            content_type,
            encoding,
            names,
            timeout,
        } = ask;
        let most = self.options.timeout.min(LONGEST_TIMEOUT);
        let timeout = timeout.map_or(most, |timeout| timeout.min(most));
        // Collectors must be done a little earlier, so that a page without a late
        // one is still in time.
        let deadline = arrived + timeout / 10 * 9;
        let page = self.page(negotiated.format(), encoding, names, deadline);
        let page = alarm::until(arrived + timeout, page).await;
        let page = page.unwrap_or_else(|| {
            self.maker.own.gathering.inc();
            Err(Refusal::busy(
                "the page wasn't there in time; a collector may hang",
            ))
        })?;
        if self.options.strict && !page.missing.is_empty() {
            // Why is told to the operator by the diagnostics hook alone: what a panic or an
            // error says may be a secret.
            let text = format!("collectors are missing: {}", names_of(&page.missing));
            return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, text));
        }
        let own = &self.maker.own;
        own.scrapes(negotiated.format()).inc();
        let (format, bytes) = (negotiated.format(), page.body.len());
        own.account.scraped(format, bytes, arrived.elapsed());
        let body = holding(page.body, in_flight);
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, content_type);
        if let Some(encoding) = page.encoding.as_str() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        name_missing(headers, &page.missing);
        Ok(response)
    }

    /// The page, shared with others unless it is one of few families.
    async fn page(
        &self,
        format: Format,
        encoding: Encoding,
        names: Option<BTreeSet<String>>,
        deadline: Instant,
    ) -> Result<Page, Refusal> {
        let made = if let Some(names) = names {
            let permit = Arc::clone(&self.filtered).acquire_owned().await;
            // It is never closed.
            let permit = permit.map_err(|_| Refusal::busy("the program shuts down"))?;
            let (sender, receiver) = oneshot::channel();
            let maker = Arc::clone(&self.maker);
            aside(move || {
                // Whoever asked may have gone.
                if !sender.is_closed() {
                    let made = maker.make(format, encoding, Some(&names), deadline);
                    let made = made.map(|page| Page {
                        // It isn't shared, and has its permit until it is sent.
                        body: holding(page.body, permit),
                        ..page
                    });
                    drop(sender.send(made));
                }
            });
            receiver.await.ok()
        } else {
            let key = (format, encoding);
            let mut receiver = self.shared.join(&self.maker, key, deadline);
            let made = receiver.wait_for(Option::is_some).await;
            made.ok().and_then(|made| made.clone())
        };
        let Some(made) = made else {
            return Err(Refusal::busy("the program shuts down"));
        };
        made.map_err(|error| match error {
            NoPage::Panicked => {
                let text = "the page couldn't be written: something panicked";
                Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, text)
            }
            NoPage::Crowded => {
                self.maker.own.gathering.inc();
                Refusal::busy("too many pages are sent to clients that read slowly")
            }
        })
    }
}
