//! Checks that are ready-made, to be added as they are or with other options.
//!
//! | check | of |
//! |---|---|
//! | [`pool`] | a pool of connections, such as sqlx's: one is taken and asked |
//! | [`cache`] | a cache: what is written is read again |
//! | [`redis`] | a Redis server, by `PING` |
//! | [`http`] | an HTTP service, by the status of a `GET` |
//! | [`disk_space`] | the free space of a file system |
//! | [`memory`] | the memory left to the container or the machine |
//! | [`Heartbeat`] | a task in the background that should go on |
//! | [`error_rate`] | a counter on the page: the share of errors among recent events |
//!
//! ```
//! use metrics_runtime::health::{Group, HealthStatus, ready};
//! use metrics_runtime::health::ready::{Free, Heartbeat};
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # static REGISTRY: metrics_runtime::Registry = metrics_runtime::Registry::new();
//! # let metrics = metrics_runtime::Metrics::builder().registry(&REGISTRY).build()?;
//! let health = metrics.health();
//! let sending = Heartbeat::new(Duration::from_secs(60));
//! health.add(sending.check("sending").group(Group::Liveness))?;
//! health.add(ready::disk_space("disk", "/", Free::Bytes(1)).critical(false))?;
//! // The task calls this each time round.
//! sending.beat();
//!
//! let summary = health.summary().await?;
//! assert!(summary.checks.iter().all(|check| check.status == HealthStatus::Up));
//! # Ok(())
//! # }
//! ```
//!
//! Those that use the network or the disk block their thread, which is their own, and
//! keep to the check's timeout by those of the socket. So they need neither a runtime
//! nor a client.

mod cache;
mod counter;
mod disk;
mod error_rate;
mod free;
pub(super) mod heartbeat;
mod http;
mod memory;
mod peer;
mod pool;
mod redis;

pub use cache::cache;
pub use disk::disk_space;
pub use error_rate::{ErrorRate, error_rate};
pub use free::Free;
pub use heartbeat::Heartbeat;
pub use http::{HttpCheckError, http};
pub use memory::memory;
pub use pool::pool;
pub use redis::redis;
