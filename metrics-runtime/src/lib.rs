//! Prometheus metrics by annotation.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod builder;
pub mod builtin;
mod catalogue;
mod clock;
pub mod config;
mod desc;
mod diagnostics;
mod encode;
#[cfg(feature = "http")]
mod http;
mod label;
mod measure;
mod name;
mod outcome;
mod record;
mod registry;

pub use builder::{BuildError, Conflicts, Metrics, MetricsBuilder};
pub use catalogue::Place;
pub use desc::{DEFAULT_BUCKETS, DescError, Kind};
pub use diagnostics::{Diagnostic, HookError, set_diagnostics_hook};
pub use label::LabelValue;
pub use name::{LabelName, MetricName, NameError};
pub use outcome::{Classify, Outcome};
pub use record::{Counter, Family, Gauge, Histogram, Metric};
pub use registry::{Conflict, RegisterError, Registry, global};

pub use metrics_macros::{counted, timed, track_model};
