//! Prometheus metrics by annotation.
//!
//! Attributes on functions, handlers and methods record into families that a
//! [`Registry`] owns; [`global`] is the one that needs no set-up.
//!
//! ```
//! use metrics_runtime::{counted, global, timed};
//!
//! #[timed]
//! #[counted]
//! fn divide(a: u32, b: u32) -> Option<u32> {
//!     a.checked_div(b)
//! }
//!
//! divide(6, 3);
//! let page = global().to_text();
//! assert!(page.contains(r#"function_calls_total{function="divide","#));
//! assert!(page.contains(r#"function_duration_seconds_count{function="divide","#));
//! ```
//!
//! # What is recorded when
//!
//! | the call… | `outcome` | counters | histogram | gauge |
//! |---|---|---|---|---|
//! | returns `Ok`, `Some`, `()`, any other value, or a response below 500 | `ok` | +1 | observed | −1 |
//! | returns `Err` (whatever it renders as), or a response of 500 and above | `error` | +1 | observed | −1 |
//! | unwinds | `panic` | +1 | observed | −1 |
//! | is an async call dropped before it finished | `cancelled` | +1 | observed | −1 |
//! | is an async call never polled | – | – | – | – |
//! | waits or runs still | – | – | – | +1 |
//!
//! The outcome comes from the type, not from the spelling of the return type;
//! see [`Classify`]. A recording call never panics, takes no lock that a scrape
//! holds once its site is resolved, and allocates nothing once its series
//! exists and the thread has recorded into it, unless a label is read from what it
//! returns. Recording is not
//! async-signal-safe, and must not be done by a global allocator: a thread's
//! first recording into a series may allocate.
//!
//! # Call sites
//!
//! Every annotated function of every crate that is linked is known before its
//! first call, and on the page at zero if its labels are constant. The compiler
//! links a dependency only if the source names it: `use the_library as _;` is
//! enough. On platforms without constructors a site is known from its first
//! call on, and calls under a plain `#[timed]` are recorded from the first look at a
//! registry on.
//!
//! A program that has timed functions and never looks at a registry is linked without
//! this crate, and those calls cost a branch.
//!
//! # Features
//!
//! - `cache`: `Metrics::cache`, a handle that records any cache by hand.
//! - `client`: `Metrics::http_client_layer`, the requests that a program sends.
//! - `endpoints` (default): status, all metrics as JSON, analytics and more beside the
//!   page, see [`Endpoints`].
//! - `exemplars`: `set_exemplar_source`, which links counters and buckets to traces.
//! - `health` (default): checks of the program's health and their endpoints, see
//!   [`health`].
//! - `http` (default): [`Handler`], [`Metrics::router`], who may read it ([`Access`])
//!   and the outcome of HTTP responses.
//! - `listener`: `Metrics::serve`, a listener of its own for the page.
//! - `moka`: `Metrics::instrument_moka` and `instrument_moka_future`, caches of moka.
//! - `pool`: `Metrics::instrument_pool_statistics`, gauges of any pool of connections;
//!   with `bb8`, `deadpool` and `r2d2` it takes the pools of these as they are.
//! - `process` (default): `process_cpu_seconds_total` and its siblings, see
//!   `MetricsBuilder::process_collector`.
//! - `redis`: `Metrics::instrument_redis`, the commands of a connection to Redis.
//! - `sqlx`: `Metrics::instrument_pool`, which records the queries, transactions and
//!   connections of a pool of sqlx; with `sqlx-mysql`, `sqlx-postgres` and
//!   `sqlx-sqlite` for its databases, and `sqlx-any` for one that is chosen at run time.
//! - `sqlx-migrate`: `Metrics::instrument_migrator`, gauges of migrations by sqlx.
//! - `summary`: `Registry::summary`, quantiles computed in the program.
//! - `system`: `SystemReport`, what is known of the process and its machine.
//! - `task`: `Metrics::spawn` and `Metrics::every`, tasks on tokio under a name.
//! - `tls`: TLS for that listener.
//! - `tokio`: what the runtime does, see `Metrics::tokio_runtime`, and `TaskMonitor`.
//! - `tracing`: exemplars from the current span, see `span_exemplar`.
//! - `zstd`: pages compressed with zstd for those who ask for it.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod attribute;
pub mod block;
mod builder;
pub mod builtin;
#[cfg(feature = "cache")]
mod cache;
mod catalogue;
#[cfg(feature = "client")]
mod client;
mod clock;
mod collect;
mod collector;
pub mod config;
mod constructor;
mod desc;
mod diagnostics;
mod encode;
#[cfg(feature = "endpoints")]
mod endpoint;
#[cfg(all(feature = "http", not(feature = "endpoints")))]
#[path = "endpoint/off.rs"]
mod endpoint;
mod error_label;
#[cfg(feature = "health")]
pub mod health;
#[cfg(feature = "http")]
mod http;
mod label;
#[cfg(feature = "listener")]
mod listener;
mod measure;
#[cfg(feature = "moka")]
mod moka;
mod name;
mod native;
mod outcome;
mod panic;
#[cfg(feature = "pool")]
mod pool;
#[cfg(feature = "bb8")]
#[path = "pool/bb8.rs"]
mod pool_bb8;
#[cfg(feature = "deadpool")]
#[path = "pool/deadpool.rs"]
mod pool_deadpool;
#[cfg(feature = "r2d2")]
#[path = "pool/r2d2.rs"]
mod pool_r2d2;
mod processor;
mod profile;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod registry;
mod snapshot;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "sqlx-any")]
#[path = "sqlx/any.rs"]
mod sqlx_any;
#[cfg(feature = "sqlx-migrate")]
#[path = "sqlx/migration.rs"]
mod sqlx_migration;
#[cfg(feature = "sqlx-mysql")]
#[path = "sqlx/mysql.rs"]
mod sqlx_mysql;
#[cfg(feature = "sqlx-postgres")]
#[path = "sqlx/postgres.rs"]
mod sqlx_postgres;
#[cfg(feature = "sqlx-sqlite")]
#[path = "sqlx/sqlite.rs"]
mod sqlx_sqlite;
#[cfg(feature = "summary")]
mod summary;
mod sync;
#[cfg(feature = "task")]
mod task;
#[cfg(feature = "tls")]
mod tls;
#[cfg(all(feature = "exemplars", not(feature = "tracing")))]
#[path = "tracing/off.rs"]
mod tracing;
#[cfg(feature = "tracing")]
#[path = "tracing/on.rs"]
mod tracing;

pub use builder::{BuildError, Conflicts, Metrics, MetricsBuilder};
#[cfg(feature = "cache")]
pub use cache::{CacheLoad, CacheMetrics, EvictionCause};
pub use catalogue::Place;
#[cfg(feature = "client")]
pub use client::{HttpClientFuture, HttpClientLayer, HttpClientService};
pub use collect::{
    CollectError, Collector, CollectorError, Families, PrometheusCollector, StateSet,
};
#[cfg(feature = "system")]
pub use collector::SystemReport;
#[cfg(feature = "tokio")]
pub use collector::TaskMonitor;
pub use collector::{AllocatorReading, AllocatorStatistics, AppInfo, BuildInfo};
pub use config::{Config, Endpoints};
pub use desc::{DEFAULT_BUCKETS, DescError, Kind};
pub use diagnostics::{Diagnostic, HookError, Misplaced, Overflow, set_diagnostics_hook};
pub use encode::Format;
pub use error_label::ErrorLabel;
#[cfg(feature = "health")]
pub use health::{Health, HealthCheck, HealthReport, HealthStatus, health_check};
#[cfg(feature = "http")]
pub use http::{
    Access, AccessError, Blocked, ErrorKind, Guard, GuardService, Handler, HandlerOptions,
    HttpLayer, HttpLayerError, HttpService, MeasuredBody, RequestHead, ResponseFuture, Scrape,
    Scrapes, Secret, Unmeasured,
};
pub use label::{ClosedLabel, LabelValue, Scratch};
#[cfg(feature = "listener")]
pub use listener::{Listener, ServeError, Server};
pub use measure::{RequestQueries, count_request_queries};
#[cfg(feature = "moka")]
pub use moka::{MokaCache, MokaFutureCache};
pub use name::{LabelName, MetricName, NameError};
pub use native::NativeBuckets;
pub use outcome::{Classify, Outcome};
#[cfg(feature = "pool")]
pub use pool::{PoolError, PoolState, PoolStatistics};
pub use profile::Profile;
#[cfg(feature = "exemplars")]
pub use record::exemplar::{Exemplar, ExemplarError, ExemplarSourceError, set_exemplar_source};
pub use record::{Counter, Family, Gauge, Histogram, InProgress, Metric, Running};
#[cfg(feature = "redis")]
pub use redis::InstrumentedRedis;
pub use registry::{Conflict, RegisterError, Registry, global};
pub use snapshot::{
    FamilyKind, FamilySnapshot, HistogramValue, NativeValue, SeriesSnapshot, SeriesValue, Snapshot,
    SummaryValue,
};
#[cfg(feature = "sqlx")]
pub use sqlx::{Connected, Dialect, Instrumentable, Instrumented, Link};
#[cfg(feature = "sqlx-migrate")]
pub use sqlx_migration::MigratorError;
#[cfg(feature = "summary")]
pub use summary::Summary;
#[cfg(feature = "task")]
pub use task::{Schedule, TaskOutput};
#[cfg(feature = "tls")]
pub use tls::TlsError;
#[cfg(feature = "tracing")]
pub use tracing::span_exemplar;

pub use attribute::{
    ErrorLabel, LabelValue, counted, in_progress, metrics, timed, track_cache, track_model,
    track_query, track_task,
};

/// The README's examples are tests, and so are those of the pages in `docs/`.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../docs/attributes.md")]
struct Attributes;

#[cfg(doctest)]
#[doc = include_str!("../../docs/coming-from.md")]
struct ComingFrom;

#[cfg(doctest)]
#[doc = include_str!("../../docs/configuration.md")]
struct Configuration;

#[cfg(doctest)]
#[doc = include_str!("../../docs/endpoints.md")]
struct EndpointsAndAccess;

#[cfg(doctest)]
#[doc = include_str!("../../docs/health.md")]
struct HealthAndProbes;

#[cfg(doctest)]
#[doc = include_str!("../../docs/process.md")]
struct Process;

#[cfg(doctest)]
#[doc = include_str!("../../docs/requests.md")]
struct Requests;

#[cfg(doctest)]
#[doc = include_str!("../../docs/shop.md")]
struct Shop;

#[cfg(doctest)]
#[doc = include_str!("../../docs/stores.md")]
struct Stores;

#[cfg(doctest)]
#[doc = include_str!("../../docs/troubleshooting.md")]
struct Troubleshooting;
