//! The layer and its options.

use super::django::Django;
use super::endpoint::{Endpoint, RequestHead};
use super::exclusion::Exclusion;
use super::family::Families;
use super::label_set::LabelSet;
use super::placement::Placement;
use super::route::Routes;
use super::service::HttpService;
use crate::config::{are_buckets, is_rate};
use crate::label::ClosedLabel;
use crate::name::NameError;
use crate::profile::Profile;
use crate::{Metrics, Registry};
use http::uri::Scheme;
use once_cell::sync::OnceCell;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use tower_layer::Layer;

/// Why a layer can't be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
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
    /// The rate of a sample isn't one.
    #[error("the sample rate is {rate}; it is a share from 0 to 1, such as 0.1")]
    Rate {
        /// The rate as given.
        rate: f64,
    },
    /// The bounds of buckets can't be used.
    #[error(
        "the buckets are {bounds:?}; they are rising seconds above zero, from one to 500 of them"
    )]
    Buckets {
        /// The bounds as given.
        bounds: Vec<f64>,
    },
    /// The name of a label isn't valid.
    #[error(transparent)]
    Label(#[from] NameError),
    /// A label of that name is there already.
    #[error("the label `{label}` is there already; choose another name")]
    LabelTaken {
        /// The label in question.
        label: String,
    },
    /// Labels have too many values.
    #[error(
        "with the label `{label}`, each route would have {combinations} combinations of values; \
         at most 1000 are possible"
    )]
    TooManyValues {
        /// The label in question.
        label: String,
        /// How many there would be.
        combinations: usize,
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
/// | `http_request_db_queries` | | calls under [`#[track_query]`](macro@crate::track_query) while the handler ran, but for a poll that panics; in programs that have such |
///
/// A request is counted when its response has ended: its body was sent or given
/// up. One that was given up before it had a status has 499, one whose handler
/// panicked 500.
///
/// `endpoint` is the route that axum has matched, `/users/{id}`, never the path
/// that the client asks for; without a route it is `<unmatched>`. `method` is one
/// of RFC 9110's, `PATCH` or `OTHER`, so that the series are bounded by the routes and
/// the ten methods.
///
/// In axum, add it by [`Router::layer`](axum::Router::layer) after the routes:
/// requests that meet none are recorded too. Where it is added otherwise:
///
/// | the layer is… | then | and says so |
/// |---|---|---|
/// | around the whole router, or before its routes are looked up | every `endpoint` is `<unmatched>` | after 100 answers, unless a route was ever met |
/// | added twice, here and around a router that this one is nested in | the outer one records, the inner one doesn't, but for requests under way when the first is met | at the second request |
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
/// [`sample`](Self::sample) and [`label`](Self::label) are for the toolkit's families
/// alone.
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
pub(super) struct View(Option<Arc<FindView>>);

type FindView = dyn Fn(&str) -> Option<Cow<'static, str>> + Send + Sync;

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
pub(super) struct IsSecure(Option<Arc<FindSecure>>);

type FindSecure = dyn Fn(RequestHead<'_>) -> bool + Send + Sync;

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

/// What all requests of a layer share. It is never freed: a service has few
/// layers, and requests would otherwise count their references to it.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) placement: &'static Placement,
    pub(super) recording: Recording,
}

/// Where requests are recorded.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for a layer, and a box would be one more load for each request"
)]
pub(super) enum Recording {
    /// In the toolkit's families.
    Own(Families, Routes),
    /// In Django's.
    Django(Django),
}

impl Shared {
    fn new(registry: &'static Registry, profile: Profile, options: &Options) -> Self {
        let placement: &'static Placement = Box::leak(Box::new(Placement::new(registry)));
        if let Endpoint::Found(_) = options.endpoint {
            placement.has_route();
        }
        let recording = match profile {
            Profile::Toolkit => {
                let families = Families::of(registry, options, placement);
                Recording::Own(families, Routes::new())
            }
            Profile::DjangoPrometheus => {
                Recording::Django(Django::new(registry, options, placement))
            }
        };
        Self {
            options: options.clone(),
            placement,
            recording,
        }
    }
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
    /// The rate isn't from 0 to 1.
    pub fn sample(self, rate: f64) -> Result<Self, HttpLayerError> {
        if !is_rate(rate) {
            return Err(HttpLayerError::Rate { rate });
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
    /// The name isn't valid, or taken, be it by a constant label, or all labels together have more than 1,000
    /// combinations of values.
    pub fn label<T: ClosedLabel + Send + Sync + 'static>(
        self,
        name: &str,
    ) -> Result<Self, HttpLayerError> {
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
