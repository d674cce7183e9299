//! Set-up in code: one builder, whose `build()` reports every mistake that can
//! be found before the first request.

mod build;
mod error;
#[cfg(test)]
mod tests;

pub use error::{BuildError, Conflicts};

use crate::collect::{Collector, Own, Shared};
use crate::collector::{AppInfo, BuildInfo, process};
use crate::config::{Config, Endpoints, Given};
use crate::profile::Profile;
use crate::registry::{Registry, global};
use std::time::Duration;

/// The toolkit, set up: a handle to its registry.
///
/// ```
/// # fn main() -> Result<(), metrics_runtime::BuildError> {
/// let metrics = metrics_runtime::Metrics::builder()
///     .namespace("shop")
///     .const_label("region", "eu")
///     .build()?;
///
/// metrics.registry().counter("orders_total", "Orders.").expect("the name is valid").inc();
/// assert!(metrics.to_text().contains(r#"shop_orders_total{region="eu"} 1"#));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Metrics {
    registry: &'static Registry,
    config: &'static Config,
    #[cfg(feature = "http")]
    policy: &'static crate::http::Policy,
}

impl Metrics {
    /// Starts a set-up. Variables of the [environment](crate::config) are read
    /// when it is built; what is said in code wins over them.
    pub fn builder() -> MetricsBuilder {
        MetricsBuilder {
            registry: global(),
            given: Given::default(),
            const_labels: Vec::new(),
            profile: Profile::default(),
            vendors: Vec::new(),
            foreign: Vec::new(),
            collectors: Vec::new(),
            sources: process::automatic().into_iter().collect(),
            app: None,
            build_info: None,
            #[cfg(feature = "http")]
            access: crate::http::Access::new(),
        }
    }

    /// The registry that was set up.
    pub const fn registry(&self) -> &'static Registry {
        self.registry
    }

    /// The settings in force.
    pub const fn config(&self) -> &'static Config {
        self.config
    }

    /// Who may read what is served.
    #[cfg(feature = "http")]
    pub(crate) const fn policy(&self) -> &'static crate::http::Policy {
        self.policy
    }

    /// The page in the Prometheus text format, version 0.0.4.
    pub fn to_text(&self) -> String {
        self.registry.to_text()
    }
}

/// Sets the toolkit up; see [`Metrics::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is set up until `build` is called"]
pub struct MetricsBuilder {
    registry: &'static Registry,
    given: Given,
    const_labels: Vec<(String, String)>,
    profile: Profile,
    vendors: Vec<(String, String)>,
    foreign: Vec<prometheus::Registry>,
    collectors: Vec<Shared>,
    /// What the toolkit reads itself.
    pub(crate) sources: Vec<Own>,
    pub(crate) app: Option<AppInfo>,
    pub(crate) build_info: Option<BuildInfo>,
    // The features' own settings, of types that only they have.
    #[cfg(feature = "http")]
    pub(crate) access: crate::http::Access,
}

impl MetricsBuilder {
    /// Goes before the names of the application's families, with an
    /// underscore. Default: `METRICS_NAMESPACE`, else none.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.given.namespace = Some(namespace.into());
        self
    }

    /// Where [`mount`](Metrics::mount) and the listener serve the page; a slash at its
    /// end is left out. Default: `METRICS_PATH`, else `/metrics`.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.given.path = Some(path.into());
        self
    }

    /// What the program runs for, such as `production`. Default:
    /// `METRICS_ENVIRONMENT`, else nothing.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.given.environment = Some(environment.into());
        self
    }

    /// Upper bounds in seconds for the durations of HTTP requests, instead of those of
    /// each family: rising, above zero, at most 500. Default:
    /// `METRICS_LATENCY_BUCKETS`.
    pub fn latency_buckets(mut self, bounds: impl Into<Vec<f64>>) -> Self {
        self.given.latency_buckets = Some(bounds.into());
        self
    }

    /// The share of HTTP requests that are timed and sized, from 0 to 1; all of them
    /// are counted. Default: `METRICS_SAMPLE_RATE`, else 1, the only one that
    /// [`Profile::DjangoPrometheus`] takes.
    pub const fn sample_rate(mut self, rate: f64) -> Self {
        self.given.sample_rate = Some(rate);
        self
    }

    /// Adds a label with one value to every series of the application.
    pub fn const_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.const_labels.push((name.into(), value.into()));
        self
    }

    /// What the families on the page are called. Default: as the toolkit has it.
    pub const fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// What [`Profile::DjangoPrometheus`] shows as the `vendor` of a database, which
    /// [`#[track_query]`](macro@crate::track_query) names, such as `postgresql` of
    /// `default`. Default: that of the driver (`postgresql`, `sqlite` or `mysql`) where
    /// a pool or a connection of sqlx has the name, else `unknown`.
    pub fn database_vendor(
        mut self,
        database: impl Into<String>,
        vendor: impl Into<String>,
    ) -> Self {
        self.vendors.push((database.into(), vendor.into()));
        self
    }

    /// Whether calls are recorded and pages served, for the whole process.
    /// Default: `METRICS_ENABLED`, else true.
    pub const fn enabled(mut self, enabled: bool) -> Self {
        self.given.enabled = Some(enabled);
        self
    }

    /// From which duration on a query under
    /// [`#[track_query]`](macro@crate::track_query) is slow, for the whole process,
    /// unless its attribute says otherwise. Default: `METRICS_SLOW_QUERY_MS`, else
    /// 100 milliseconds.
    pub const fn slow_query(mut self, duration: Duration) -> Self {
        self.given.slow_query = Some(duration);
        self
    }

    /// Serves the families of a registry of the `prometheus` crate too, whose
    /// default registry is served anyway.
    pub fn foreign(mut self, registry: prometheus::Registry) -> Self {
        self.foreign.push(registry);
        self
    }

    /// Serves the families of this collector too; see [`Collector`].
    pub fn collector(mut self, collector: impl Collector) -> Self {
        self.collectors.push(Shared::new(collector));
        self
    }

    /// How long a page waits for all of its collectors, which run at once; the
    /// families of those that aren't done are left out. Default:
    /// `METRICS_COLLECTOR_DEADLINE_MS`, else 500 milliseconds.
    pub const fn collector_deadline(mut self, deadline: Duration) -> Self {
        self.given.collector_deadline = Some(deadline);
        self
    }

    /// What [`router`](Metrics::router) serves; the feature `endpoints` brings all but
    /// the page. Default: `METRICS_ENDPOINTS`, else the page alone.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.given.endpoints = Some(endpoints);
        self
    }

    /// Sets up this registry instead of the global one.
    pub const fn registry(mut self, registry: &'static Registry) -> Self {
        self.registry = registry;
        self
    }
}
