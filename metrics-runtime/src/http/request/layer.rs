//! The layer and its options.

use super::endpoint::{Endpoint, RequestHead};
use super::error::HttpLayerError;
use super::exclusion::Exclusion;
use super::option::{IsSecure, Options, View};
use super::service::HttpService;
use super::shared::Shared;
use crate::config::{are_buckets, is_rate};
use crate::label::ClosedLabel;
use crate::profile::Profile;
use crate::{Metrics, Registry};
use once_cell::sync::OnceCell;
use std::borrow::Cow;
use std::sync::Arc;
use tower_layer::Layer;

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
/// | `http_request_db_queries` | | calls under [`#[track_query]`](macro@crate::track_query) while the handler ran, but for a poll that panics; in programs that have such |
///
/// A request is counted when its response has ended: its body was sent or given
/// up. One that was given up before it had a status has 499, one whose handler
/// panicked 500.
///
/// `endpoint` is the route that axum has matched, `/users/{id}`, never the path
/// that the client asks for; without a route it is `<unmatched>`. `method` is one
/// of RFC 9110's, `PATCH` or `OTHER`, which is any other method, and each method of a
/// request that meets no route. So what a client makes up is one series of each family,
/// and the others are bounded by the routes and the ten methods: a route that is asked
/// for by each of them, most of which it answers by 405, has ten. Who needs the methods
/// of a fallback gives it a route, such as `/{*path}`.
///
/// In axum, add it by [`Router::layer`](axum::Router::layer) after the routes:
/// requests that meet none are recorded too. Where it is added otherwise:
///
/// | the layer is… | then | and says so |
/// |---|---|---|
/// | around the whole router, or before its routes are looked up | every `endpoint` is `<unmatched>`, and every `method` is `OTHER` | after 100 answers, unless a route was ever met |
/// | added twice, here and around a router that this one is nested in | the outer one records, the inner one doesn't; until a request has met both, some may be counted twice where what stands between the two has answered for the route before | at the first request that meets both |
/// | added by [`Router::route_layer`](axum::Router::route_layer) | requests that meet no route aren't recorded | no |
/// | added before some of the routes | those aren't recorded | no |
///
/// It says so by [`Diagnostic::HttpLayer`](crate::Diagnostic::HttpLayer), and counts
/// such requests in `metrics_http_layer_misplaced_total{reason="no_route|twice"}`.
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
///
/// Under [`Profile::DjangoPrometheus`](crate::Profile::DjangoPrometheus) it records
/// the families of django-prometheus instead, in which `endpoint` is `view`; see
/// [`view_by`](Self::view_by). As there, a request is recorded when its response has
/// a head, one that is given up before it has the status 499, and `Unmeasured` isn't
/// looked at, since a request is counted before it is answered. A response's
/// [`ErrorKind`](crate::ErrorKind) is the type of an exception, whatever its status.
/// [`sample`](Self::sample) and [`label`](Self::label) are errors there: Django's
/// histograms have each request, and its families have Django's labels alone.
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is added to a service"]
pub struct HttpLayer {
    // axum clones a layer with each request.
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    registry: &'static Registry,
    profile: Profile,
    options: Options,
    /// Made when the layer is added first: axum adds it to each route.
    shared: OnceCell<&'static Shared>,
}

impl Metrics {
    /// A layer that records the requests of a service into this registry.
    pub fn http_layer(&self) -> HttpLayer {
        let options = Options {
            exclusion: Exclusion::of(self.config()),
            sample: Some(self.config().sample_rate).filter(|rate| *rate < 1.0),
            ..Options::default()
        };
        HttpLayer::new(self.registry(), self.registry().settings().profile, options)
    }
}

impl HttpLayer {
    fn new(registry: &'static Registry, profile: Profile, options: Options) -> Self {
        let inner = Inner {
            registry,
            profile,
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
        Self::new(self.inner.registry, self.inner.profile, options)
    }

    /// Refuses an option that Django's families have no place for.
    fn check_option(&self, option: &'static str) -> Result<(), HttpLayerError> {
        match self.inner.profile {
            Profile::Toolkit => Ok(()),
            Profile::DjangoPrometheus => Err(HttpLayerError::NotDjangos { option }),
        }
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

    /// Times and sizes this share of the requests, from 0 to 1, at random; all of them
    /// are counted. The help text of the histograms says that their `_count` is the
    /// sample's. Default: [`sample_rate`](crate::MetricsBuilder::sample_rate). Layers of
    /// one registry have the same families, so they must have the same rate: the
    /// histograms of one that has another are nowhere, and `metrics_conflicts_total`
    /// counts them.
    ///
    /// # Errors
    ///
    /// The rate isn't from 0 to 1, or below 1 under
    /// [`Profile::DjangoPrometheus`](crate::Profile::DjangoPrometheus).
    pub fn sample(self, rate: f64) -> Result<Self, HttpLayerError> {
        if !is_rate(rate) {
            return Err(HttpLayerError::Rate { rate });
        }
        if rate < 1.0 {
            self.check_option("sample")?;
        }
        Ok(self.with(|options| options.sample = Some(rate).filter(|rate| *rate < 1.0)))
    }

    /// Upper bounds in seconds of `http_request_duration_seconds` and
    /// `http_time_to_first_byte_seconds`, or of Django's latencies. Default:
    /// [`latency_buckets`](crate::MetricsBuilder::latency_buckets). Layers of one
    /// registry have the same families, so they must have the same bounds: the latencies
    /// of one that has others are nowhere, and `metrics_conflicts_total` counts them.
    ///
    /// # Errors
    ///
    /// The bounds aren't rising seconds above zero, or none, or more than 500.
    pub fn buckets(self, bounds: &[f64]) -> Result<Self, HttpLayerError> {
        let bounds = bounds.to_vec();
        if !are_buckets(&bounds) {
            return Err(HttpLayerError::Buckets { bounds });
        }
        Ok(self.with(|options| options.buckets = Some(bounds)))
    }

    /// Adds a label to `http_requests_total` and `http_request_duration_seconds`: the
    /// extension of this type that the request has when it comes to the layer, or that
    /// its response has, which takes precedence; empty where neither has one. The set
    /// of its values is closed, so that they are bounded as the routes are. Layers of one
    /// registry have the same families, so they must have the same labels: one that has
    /// others records nowhere in these two, and `metrics_conflicts_total` counts it.
    ///
    /// ```
    /// use axum::{Extension, Router, routing::get};
    /// use metrics_runtime::{LabelValue, Metrics};
    ///
    /// #[derive(LabelValue, Clone, Copy)]
    /// enum Tier {
    ///     Free,
    ///     Paid,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let metrics = Metrics::builder().build()?;
    /// let app: Router = Router::new()
    ///     .route("/", get(|| async { (Extension(Tier::Paid), "hello") }))
    ///     .layer(metrics.http_layer().label::<Tier>("tenant_tier")?);
    ///
    /// # use axum::{body::Body, http::Request};
    /// # use tower::ServiceExt as _;
    /// let response = app.oneshot(Request::get("/").body(Body::empty())?).await?;
    /// axum::body::to_bytes(response.into_body(), usize::MAX).await?;
    /// assert!(metrics.to_text().contains(
    ///     r#"http_requests_total{method="GET",endpoint="/",status="200",tenant_tier="paid"} 1"#
    /// ));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The name isn't valid, or taken, be it by a constant label, or all labels together
    /// have more than 1,000 combinations of values, or the profile is
    /// [`Profile::DjangoPrometheus`](crate::Profile::DjangoPrometheus).
    pub fn label<T: ClosedLabel + Send + Sync + 'static>(
        self,
        name: &str,
    ) -> Result<Self, HttpLayerError> {
        self.check_option("label")?;
        let constant = &self.inner.registry.settings().const_labels;
        if constant.iter().any(|(constant, _)| constant == name) {
            let label = name.to_owned();
            return Err(HttpLayerError::LabelTaken { label });
        }
        let mut added = Ok(());
        let layer = self.with(|options| added = options.labels.add::<T>(name));
        added.map(|()| layer)
    }

    /// Names the views of Django's families by endpoint; those that it gives `None`
    /// for are called like their endpoint. It is called once for each endpoint.
    ///
    /// ```
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// # let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let layer = metrics.http_layer().view_by(|endpoint| match endpoint {
    ///     "/shop/" => Some("shop:list".into()),
    ///     "/shop/{pk}/" => Some("shop:detail".into()),
    ///     _ => None,
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn view_by(
        self,
        name: impl Fn(&str) -> Option<Cow<'static, str>> + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.view = View(Some(Arc::new(name))))
    }

    /// Whether the `transport` of Django's families is `https`; by the scheme of the
    /// request's URI otherwise, which only HTTP/2 has. Behind a proxy that ends TLS it
    /// is what that proxy says, if nobody else can.
    ///
    /// ```
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// # let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let layer = metrics.http_layer().secure_by(|head| {
    ///     let protocol = head.headers.get("x-forwarded-proto");
    ///     protocol.is_some_and(|protocol| protocol == "https")
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn secure_by(
        self,
        is_secure: impl Fn(RequestHead<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.is_secure = IsSecure(Some(Arc::new(is_secure))))
    }
}

impl<S> Layer<S> for HttpLayer {
    type Service = HttpService<S>;

    fn layer(&self, inner: S) -> HttpService<S> {
        let Inner {
            registry,
            profile,
            options,
            shared,
        } = &*self.inner;
        let make = || &*Box::leak(Box::new(Shared::new(registry, *profile, options)));
        let shared = *shared.get_or_init(make);
        HttpService { inner, shared }
    }
}
