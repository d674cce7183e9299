//! The layer and its options.

use super::endpoint::{Endpoint, RequestHead};
use super::exclusion::Exclusion;
use super::route::{Families, Routes};
use super::service::HttpService;
use crate::{Metrics, Registry};
use once_cell::sync::OnceCell;
use std::borrow::Cow;
use std::sync::Arc;
use tower_layer::Layer;

/// Why a layer can't be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpLayerError {
    /// A path isn't a regular expression.
    #[error("the excluded path `{pattern}` isn't a regular expression: {reason}")]
    Pattern {
        /// The expression.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Records the requests of a service.
///
/// | family | labels | what |
/// |---|---|---|
/// | `http_requests_total` | `method`, `endpoint`, `status` | requests that have ended |
/// | `http_request_duration_seconds` | `method`, `endpoint`, `status_class` | from the request's head to the end of the response |
/// | `http_time_to_first_byte_seconds` | `method`, `endpoint` | from the request's head to the response's |
/// | `http_requests_in_progress` | `method`, `endpoint` | requests whose response hasn't ended |
/// | `http_request_size_bytes`, `http_response_size_bytes` | `method`, `endpoint` | bodies; streamed ones once, at their end |
/// | `http_exceptions_total` | `endpoint`, `kind` | panics (`panic`), responses of 500 and above ([`ErrorKind`](crate::ErrorKind), else the status), bodies that fail (`body`) |
/// | `http_responses_aborted_total` | `endpoint`, `phase` | responses that were given up, in the `handler`, between `head` and body, or in the `body` |
/// | `http_requests_blocked_total` | `reason` | what a handler refused; see [`Blocked`](crate::Blocked) |
///
/// A request is counted when its response has ended: its body was sent or given
/// up. One that was given up before it had a status has 499, one whose handler
/// panicked 500.
///
/// `endpoint` is the route that axum has matched, `/users/{id}`, never the path
/// that the client asks for; without a route it is `<unmatched>`. `method` is one
/// of RFC 9110's, `PATCH` or `OTHER`. No client can make a series.
///
/// In axum, add it by [`Router::layer`](axum::Router::layer) after the routes:
/// requests that meet none are recorded too.
///
/// ```
/// use axum::{Router, routing::get};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let metrics = metrics_runtime::Metrics::builder().build()?;
/// let app: Router = Router::new()
///     .route("/users/{id}", get(|| async { "Ada" }))
///     .layer(metrics.http_layer());
///
/// # use axum::{body::Body, http::Request};
/// # use tower::ServiceExt as _;
/// let response = app.oneshot(Request::get("/users/7").body(Body::empty())?).await?;
/// axum::body::to_bytes(response.into_body(), usize::MAX).await?;
/// assert!(metrics.to_text().contains(
///     r#"http_requests_total{method="GET",endpoint="/users/{id}",status="200"} 1"#
/// ));
/// # Ok(())
/// # }
/// ```
///
/// Paths at and below `/metrics`, `/health`, `/readiness` and `/liveness` aren't
/// recorded, nor are those that [`exclude`](Self::exclude) or
/// `METRICS_EXCLUDED_PATHS` name, nor responses that say so
/// ([`Unmeasured`](crate::Unmeasured)).
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is added to a service"]
pub struct HttpLayer {
    // axum clones a layer with each request.
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    registry: &'static Registry,
    options: Options,
    /// Made when the layer is added first: axum adds it to each route.
    shared: OnceCell<&'static Shared>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) endpoint: Endpoint,
    pub(super) exclusion: Exclusion,
}

/// What all requests of a layer share. It is never freed: a service has few
/// layers, and requests would otherwise count their references to it.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) families: Families,
    pub(super) routes: Routes,
    pub(super) options: Options,
}

impl Metrics {
    /// A layer that records the requests of a service into this registry.
    pub fn http_layer(&self) -> HttpLayer {
        let options = Options {
            exclusion: Exclusion::of(self.config()),
            ..Options::default()
        };
        HttpLayer::new(self.registry(), options)
    }
}

impl HttpLayer {
    fn new(registry: &'static Registry, options: Options) -> Self {
        let inner = Inner {
            registry,
            options,
            shared: OnceCell::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    fn with(self, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.inner.options.clone();
        change(&mut options);
        Self::new(self.inner.registry, options)
    }

    /// Leaves out paths that match one of these regular expressions, anywhere
    /// unless it says `^` or `$`: `^/static/`.
    ///
    /// # Errors
    ///
    /// One of them isn't a regular expression.
    pub fn exclude<'a>(
        self,
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, HttpLayerError> {
        let mut added = Ok(());
        let layer = self.with(|options| added = options.exclusion.add(patterns));
        added.map(|()| layer)
    }

    /// Records pages of metrics and probes of health too.
    pub fn include_own(self) -> Self {
        self.with(|options| options.exclusion.include_own())
    }

    /// Finds the endpoint by this function instead of axum's `MatchedPath`: for
    /// services that route by other means. `None` is `<unmatched>`. It must give
    /// one of few, never what a client sends as it is.
    ///
    /// ```
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// # let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let layer = metrics.http_layer().endpoint_by(|head| match head.uri.path() {
    ///     "/" => Some("/".into()),
    ///     path if path.starts_with("/files/") => Some("/files/{*path}".into()),
    ///     _ => None,
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn endpoint_by(
        self,
        find: impl Fn(RequestHead<'_>) -> Option<Cow<'static, str>> + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.endpoint = Endpoint::Found(Arc::new(find)))
    }
}

impl<S> Layer<S> for HttpLayer {
    type Service = HttpService<S>;

    fn layer(&self, inner: S) -> HttpService<S> {
        let Inner {
            registry,
            options,
            shared,
        } = &*self.inner;
        let shared = *shared.get_or_init(|| {
            Box::leak(Box::new(Shared {
                families: Families::of(registry),
                routes: Routes::new(),
                options: options.clone(),
            }))
        });
        HttpService { inner, shared }
    }
}
