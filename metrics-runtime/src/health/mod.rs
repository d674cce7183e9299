//! Checks of the program's health, and the endpoints that tell of them.
//!
//! Checks are registered in code, by [`Metrics::health`](crate::Metrics::health), or
//! by the attribute [`#[health_check]`](macro@crate::health_check), and served by
//! [`Metrics::health_router`](crate::Metrics::health_router):
//!
//! ```
//! use axum::Router;
//! use metrics_runtime::Metrics;
//! use metrics_runtime::health::{Group, HealthCheck};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let metrics = Metrics::builder().build()?;
//! let health = metrics.health();
//! health.check("queue", async || Ok::<(), std::io::Error>(()))?;
//! health.add(
//!     HealthCheck::blocking("license", || std::fs::metadata("/").map(|_| ()))
//!         .group(Group::Readiness)
//!         .critical(false),
//! )?;
//! let app: Router = Router::new().merge(metrics.health_router());
//!
//! # use axum::{body::Body, http::Request};
//! # use tower::ServiceExt as _;
//! let response = app.oneshot(Request::get("/health").body(Body::empty())?).await?;
//! assert_eq!(response.status(), 200);
//! let body = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
//! assert_eq!(&body[..], br#"{"status":"up"}"#);
//! # Ok(())
//! # }
//! ```
//!
//! | path | tells of | 503 |
//! |---|---|---|
//! | `/health` | all checks, and whether the program starts or drains | a critical check is down; starting; draining |
//! | `/readiness` | those of [`Group::Readiness`], and the same | likewise |
//! | `/liveness` | those of [`Group::Liveness`] | one of those is down |
//! | `/health/startup` | those of [`Group::Startup`], and whether the program starts | one of those is down; starting |
//! | `/health/{group}` | those of another group; 404 if there are none | one of those is down |
//!
//! All answer `GET` and `HEAD`, with and without a slash at the end. Without checks
//! a path is up. Everybody is told the status; details of the checks, such as the
//! texts of errors, are for those who are authorised by a token, an address or an
//! authoriser ([`Access`](crate::Access)), or whom
//! [`show_details`](HealthRouter::show_details) lets in.
//!
//! # How checks run
//!
//! Each check has a thread of its own, which starts with its first run, so that there
//! are never more threads than checks, of which a program has
//! [at most 64](HealthCheckError::TooMany). The check runs there at its interval,
//! whoever asks, and never twice at once: any number of probes share one run, and are
//! told its latest result. The first probes wait for the first results.
//!
//! - A check that isn't done by its timeout is down, `timeout`. An async one is dropped
//!   then; a blocking one keeps its thread, and isn't started again before it ends.
//! - An async check is polled on its own thread, with the application's tokio runtime
//!   entered: sockets, timers and spawned tasks are that runtime's, as connections of a
//!   pool have to be, and a check that blocks where it should wait blocks nobody else.
//! - A check that panics is down, and runs again at its interval.
//!
//! # Families
//!
//! | family | labels | what |
//! |---|---|---|
//! | `health_check_status` | `check` | 1 up, 0.5 degraded, 0 down; absent before the first result |
//! | `health_check_duration_seconds` | `check` | how long runs took; those that were late, until their timeout |

mod answer;
mod attribute;
mod board;
mod check;
mod drive;
mod entry;
mod error;
mod group;
mod handle;
pub mod ready;
mod report;
mod router;
mod shutdown;
mod site;
mod status;
mod summary;
mod worker;

pub use attribute::health_check;
pub use check::HealthCheck;
pub use error::{HealthCheckError, HealthError, HealthRouterError};
pub use group::Group;
pub use handle::Health;
pub use ready::heartbeat::Heartbeat;
pub use report::{HealthReport, IntoReport};
pub use router::HealthRouter;
pub use status::{HealthStatus, ServiceStatus};
pub use summary::{CheckSummary, HealthSummary};

pub(crate) use site::check_names;

/// What the expansions of `#[health_check]` name.
#[doc(hidden)]
pub mod __private {
    pub use super::report::{boxed, reported};
    pub use super::site::{Made, Site};
}
