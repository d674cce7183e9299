//! The attribute, documented where it is re-exported.

/// Makes a function a check of the program's [health](crate::health): it is run in the
/// background, and told of by [`Metrics::health_router`](crate::Metrics::health_router),
/// without being registered anywhere else.
///
/// On a function without arguments that returns nothing, a
/// [`HealthStatus`](crate::health::HealthStatus), a
/// [`HealthReport`](crate::health::HealthReport), or a `Result` of one of them, whose
/// error is down with its text as the message. The function stays as it is, and can be
/// called as before. An async one is polled, any other blocks the check's own thread.
/// Not on methods, nor on functions with parameters of type: a check has nothing to be
/// called on.
///
/// | option | meaning |
/// |---|---|
/// | `name = "…"` | the check's name, and the label `check`; letters, digits, `_`, `-` and `.`. Default: the function's name |
/// | `group = "…"` | `readiness`, `liveness`, `startup`, or another group, which is served at `/health/` and its name. Default: in none, part of `/health` alone |
/// | `timeout = "…"` | how long it may take; what is late is down. Default: `"1s"` |
/// | `interval = "…"` | from the start of one run to that of the next. Default: `"10s"` |
/// | `critical = false` | the program is degraded when this check is down, and not down itself |
/// | `blocking` | that it isn't async, said aloud; refused on an async function |
/// | `registry = PATH` | the `static` [`Registry`](crate::Registry) whose [`Metrics`](crate::Metrics) has it. Default: the [`global`](crate::global) one |
/// | `crate = path` | where this crate is, if it is renamed |
///
/// Times are a number and a unit, `ns`, `us`, `ms`, `s`, `m` or `min`, from 1 ms to one
/// day. Two checks of one name are an error of
/// [`build`](crate::MetricsBuilder::build), which names both places.
///
/// On platforms without constructors, such as some of WebAssembly, the check isn't
/// known; [add](crate::Health::add) it in code there.
///
/// # Examples
///
/// ```standalone_crate
/// use metrics_runtime::{HealthReport, Metrics, health_check};
///
/// #[health_check(group = "readiness", timeout = "500ms", interval = "30s")]
/// async fn database() -> Result<(), String> {
///     Err("no connection".to_owned())
/// }
///
/// #[health_check(name = "upload-folder", critical = false, blocking)]
/// fn uploads() -> HealthReport {
///     HealthReport::up().with("files", 3)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let metrics = Metrics::builder().build()?;
/// let summary = metrics.health().summary().await?;
/// let names: Vec<&str> = summary.checks.iter().map(|check| &*check.name).collect();
/// assert_eq!(names, ["database", "upload-folder"]);
/// assert!(!summary.status.is_available());
/// assert!(database().await.is_err());
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail
/// // A check has nobody to give it arguments.
/// #[metrics_runtime::health_check]
/// fn check(limit: u32) {}
/// ```
///
/// # Panics and cancellation
///
/// A check that panics is down, `panicked`, and runs again at its interval. An async
/// one that is late is dropped.
pub use metrics_macros::health_check;
