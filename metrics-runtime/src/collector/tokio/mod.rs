//! Runtimes of tokio, and tasks on them.
//!
//! Runtimes are read from tokio's own totals. `tokio-metrics` has a monitor for them,
//! which gives what has changed since it was asked last, over all workers: a counter
//! would have to add that up again, and be wrong for every second one who asks.

mod runtime;
#[cfg_attr(not(tokio_unstable), path = "stable.rs")]
mod unstable;

mod task;

pub use tokio_metrics::TaskMonitor;
