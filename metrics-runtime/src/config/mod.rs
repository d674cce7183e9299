//! All settings in one place, and whether anything is recorded.
//!
//! What is said in code wins over the environment, which wins over the default. A
//! variable or a value that can't be used is an error of
//! [`build`](crate::MetricsBuilder::build) that names it and what it takes.
//!
//! | setting | variable | default | meaning |
//! |---|---|---|---|
//! | [`enabled`](Config::enabled) | `METRICS_ENABLED` | `true` | whether calls are recorded and pages served |
//! | [`namespace`](Config::namespace) | `METRICS_NAMESPACE` | none | goes before the names of the application's families, with an underscore |
//! | [`path`](Config::path) | `METRICS_PATH` | `/metrics` | where [`mount`](crate::Metrics::mount) and the [listener](crate::Metrics::listener) serve the page |
//! | [`environment`](Config::environment) | `METRICS_ENVIRONMENT` | none | what the program runs for, such as `production` |
//! | [`latency_buckets`](Config::latency_buckets) | `METRICS_LATENCY_BUCKETS` | those of each family | bounds in seconds for the durations of HTTP requests, such as `0.01,0.1,1` |
//! | [`sample_rate`](Config::sample_rate) | `METRICS_SAMPLE_RATE` | `1` | the share of HTTP requests that are timed and sized; all of them are counted |
//! | [`excluded_paths`](Config::excluded_paths) | `METRICS_EXCLUDED_PATHS` | none | regular expressions of paths that the [HTTP layer](crate::HttpLayer) doesn't record, with commas between them |
//! | [`slow_query`](Config::slow_query) | `METRICS_SLOW_QUERY_MS` | `100` | milliseconds from which on a query is slow, unless its `slow` says otherwise; decimals are allowed |
//! | [`collector_deadline`](Config::collector_deadline) | `METRICS_COLLECTOR_DEADLINE_MS` | `500` | milliseconds that a page waits for collectors; decimals are allowed |
//! | [`endpoints`](Config::endpoints) | `METRICS_ENDPOINTS` | the page alone | what [`router`](crate::Metrics::router) serves beside the page: `all`, or of `status`, `api`, `analytics`, `system`, `increment`, `prometheus-config`, `openapi` some with commas between them |
//! | [`export_address`](Config::export_address) | `METRICS_EXPORT_ADDRESS` | `127.0.0.1` | the IP address of the [listener](crate::Metrics::listener) |
//! | [`export_port`](Config::export_port) | `METRICS_EXPORT_PORT` | `9464` | its port |
//! | [`export_port_range`](Config::export_port_range) | `METRICS_EXPORT_PORT_RANGE` | none | its port is the first free one of these, such as `8001-8050`; not together with `METRICS_EXPORT_PORT` |
//! | [`Access::token`](crate::Access::token) | `METRICS_AUTH_TOKEN` | none | tokens that let their senders in, with commas between them |
//! | [`Access::allow`](crate::Access::allow) | `METRICS_ALLOWED_IPS` | none | addresses and networks that are let in, with commas between them |
//! | [`Access::trust_proxy`](crate::Access::trust_proxy) | `METRICS_TRUSTED_PROXIES` | none | proxies that are believed who asks, with commas between them |
//! | | `METRICS_CLOCK` | by the kernel | `tsc` reads the processor's counter (the time-stamp counter, on 64-bit ARM the virtual one), `instant` the system's clock |
//!
//! Booleans are `true`, `1`, `on`, `yes` and `false`, `0`, `off`, `no`, in any
//! case. An empty variable counts as unset; an empty `METRICS_AUTH_TOKEN` or
//! `METRICS_ALLOWED_IPS` is an error, since what it was to restrict would be open.
//!
//! # Names from the Django world
//!
//! These are taken for the variable beside them where that one isn't set:
//!
//! | alias | variable |
//! |---|---|
//! | `PROMETHEUS_ENABLED` | `METRICS_ENABLED` |
//! | `PROMETHEUS_METRIC_NAMESPACE` | `METRICS_NAMESPACE` |
//! | `PROMETHEUS_METRICS_PATH` | `METRICS_PATH` |
//! | `PROMETHEUS_LATENCY_BUCKETS` | `METRICS_LATENCY_BUCKETS` |
//! | `PROMETHEUS_METRICS_EXPORT_ADDRESS`, `PROMETHEUS_EXPORT_ADDRESS` | `METRICS_EXPORT_ADDRESS` |
//! | `PROMETHEUS_METRICS_EXPORT_PORT`, `PROMETHEUS_EXPORT_PORT` | `METRICS_EXPORT_PORT` |
//! | `PROMETHEUS_METRICS_EXPORT_PORT_RANGE`, `PROMETHEUS_EXPORT_PORT_RANGE` | `METRICS_EXPORT_PORT_RANGE` |

mod endpoints;
mod environment;
mod given;
mod host;
mod parse;
mod state;

pub use endpoints::Endpoints;
#[cfg(feature = "endpoints")]
pub(crate) use endpoints::Route;
#[cfg(feature = "http")]
pub(crate) use environment::variable;
pub use environment::{EnvironmentError, SettingError};
pub(crate) use given::Given;
pub(crate) use host::Host;
#[cfg(feature = "http")]
pub(crate) use parse::{are_buckets, is_rate};
pub(crate) use state::{
    collector_deadline, latency_buckets_of_environment, namespace_prefix, recording,
    recording_decided, report_environment, set_recording, set_slow_query, settings_of_environment,
    slow_query_nanos,
};

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// The settings in force; see the [table](self).
///
/// ```
/// # fn main() -> Result<(), metrics_runtime::BuildError> {
/// let metrics = metrics_runtime::Metrics::builder().path("/internal/metrics").build()?;
/// assert_eq!(metrics.config().path, "/internal/metrics");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// Whether calls are recorded and pages served, for the whole process.
    pub enabled: bool,
    /// Goes before the names of the application's families, with an underscore.
    pub namespace: Option<String>,
    /// Where the page is, without a slash at its end.
    pub path: String,
    /// What the program runs for, such as `production`.
    pub environment: Option<String>,
    /// Upper bounds in seconds of the buckets for durations of HTTP requests, if
    /// they aren't those of each family.
    pub latency_buckets: Option<Vec<f64>>,
    /// The share of HTTP requests that are timed and sized, from 0 to 1.
    pub sample_rate: f64,
    /// Regular expressions of paths whose requests aren't recorded.
    pub excluded_paths: Vec<String>,
    /// From which duration on a query is slow.
    pub slow_query: Duration,
    /// How long a page waits for all of its collectors.
    pub collector_deadline: Duration,
    /// What the router serves.
    pub endpoints: Endpoints,
    /// Where the listener listens.
    pub export_address: IpAddr,
    /// Its port, unless there is a range.
    pub export_port: u16,
    /// Its port is the first free one of these.
    pub export_port_range: Option<RangeInclusive<u16>>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            enabled: true,
            namespace: None,
            path: "/metrics".to_owned(),
            environment: None,
            latency_buckets: None,
            sample_rate: 1.0,
            excluded_paths: Vec::new(),
            slow_query: Duration::from_millis(100),
            collector_deadline: Duration::from_millis(500),
            endpoints: Endpoints::default(),
            export_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            // The port that exporters of OpenTelemetry have in common.
            export_port: 9464,
            export_port_range: None,
        }
    }
}
