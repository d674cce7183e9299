//! The handler itself: limits, answers and their headers.

use super::alarm;
use super::coalesce::{Shared, aside};
use super::encoding::{self, Encoding};
use super::negotiate::{self, Negotiated};
use super::options::HandlerOptions;
use super::page::{Maker, NoPage, Page};
use super::query::Query;
use crate::encode::Missing;
use crate::http::Guard;
use crate::http::request::Unmeasured;
use crate::{Format, Metrics, Running};
use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

static MISSING: HeaderName = HeaderName::from_static("x-metrics-missing");
static SCRAPE_TIMEOUT: HeaderName = HeaderName::from_static("x-prometheus-scrape-timeout-seconds");

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

/// What a request asks for.
#[derive(Debug)]
struct Ask {
    negotiated: Negotiated,
    content_type: HeaderValue,
    encoding: Encoding,
    names: Option<BTreeSet<String>>,
    timeout: Option<Duration>,
}

/// An answer that isn't a page.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    text: String,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
            header: None,
        }
    }

    fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.header = Some((name, HeaderValue::from_static(value)));
        self
    }
}

impl Ask {
    fn read<B>(request: &Request<B>) -> Result<Self, Refusal> {
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
            finished(answer.unwrap_or_else(refused), head)
        }
    }
}

/// What a request in flight holds.
#[derive(Debug)]
struct InFlight {
    _permit: OwnedSemaphorePermit,
    _running: Running,
}

/// The bytes of an answer; its request is in flight until they are dropped.
struct Sent {
    page: Bytes,
    _in_flight: InFlight,
}

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.page
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
        let in_flight = InFlight {
            _permit: permit.map_err(|_| busy("too many requests for the page are in flight"))?,
            _running: running,
        };
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
            Err(busy("the page wasn't there in time; a collector may hang"))
        })?;
        if self.options.strict && !page.missing.is_empty() {
            // Why is told to the operator by the diagnostics hook alone: what a panic or an
            // error says may be a secret.
            let missing = page.missing.iter().map(|it| it.collector.as_str());
            let missing: BTreeSet<&str> = missing.collect();
            let missing: Vec<&str> = missing.into_iter().collect();
            let text = format!("collectors are missing: {}", missing.join(", "));
            return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, text));
        }
        let own = &self.maker.own;
        own.scrapes(negotiated.format()).inc();
        let (format, bytes) = (negotiated.format(), page.body.len());
        own.account.scraped(format, bytes, arrived.elapsed());
        let body = Bytes::from_owner(Sent {
            page: page.body,
            _in_flight: in_flight,
        });
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, content_type);
        if let Some(encoding) = page.encoding.as_str() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if let Some(names) = names_of(&page.missing) {
            headers.insert(MISSING.clone(), names);
        }
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
            let permit = permit.map_err(|_| busy("the program shuts down"))?;
            let (sender, receiver) = oneshot::channel();
            let maker = Arc::clone(&self.maker);
            aside(move || {
                // Whoever asked may have gone.
                if !sender.is_closed() {
                    let made = maker.make(format, encoding, Some(&names), deadline);
                    let made = made.map(|page| filtered(page, permit));
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
            return Err(busy("the program shuts down"));
        };
        made.map_err(|error| match error {
            NoPage::Panicked => {
                let text = "the page couldn't be written: something panicked";
                Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, text)
            }
            NoPage::Crowded => {
                self.maker.own.gathering.inc();
                busy("too many pages are sent to clients that read slowly")
            }
        })
    }
}

/// A page that isn't shared; it has its permit until it is sent.
fn filtered(page: Page, permit: OwnedSemaphorePermit) -> Page {
    let body = Bytes::from_owner(Filtered {
        page: page.body,
        _permit: permit,
    });
    Page { body, ..page }
}

/// The bytes of such a page.
struct Filtered {
    page: Bytes,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Filtered {
    fn as_ref(&self) -> &[u8] {
        &self.page
    }
}

fn busy(text: &str) -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, text).with(RETRY_AFTER, "1")
}

/// The collectors' names, each once. What may not stand in a header is replaced.
fn names_of(missing: &[Missing]) -> Option<HeaderValue> {
    let names: BTreeSet<&str> = missing.iter().map(|it| it.collector.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let allowed = |byte: char| if matches!(byte, ' '..='~') { byte } else { '?' };
    let names: String = names.join(", ").chars().map(allowed).take(1_024).collect();
    (!missing.is_empty()).then(|| HeaderValue::try_from(names).ok())?
}

fn refused(refusal: Refusal) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(refusal.text + "\n"));
    *response.status_mut() = refusal.status;
    let headers = response.headers_mut();
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, text);
    headers.extend(refusal.header);
    response
}

/// The headers that every answer has; no body for `HEAD`.
fn finished(mut response: Response<Bytes>, head: bool) -> Response<Full<Bytes>> {
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
