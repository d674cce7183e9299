/// Counts runs of a background task and times them: the counter
/// `task_runs_total{task,outcome}`, the histogram
/// `task_duration_seconds{task,outcome}`, in seconds, the gauge
/// `tasks_in_progress{task}`, and the gauge
/// `task_last_success_timestamp_seconds{task}`, in seconds since 1970, zero before
/// the first success.
///
/// On a function, a method, an `impl` block, a trait or an inline module; on the
/// last three it applies to every function there.
///
/// | option | meaning |
/// |---|---|
/// | `task = "…"` | default: the function's name, with its type where a block is annotated |
/// | `prefix = "…"` | goes before the names of all families |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference, unless they are string literals; a closure reads the value from what the call returns, `key = \|ret\| ret.kind()`, which sees nothing else, and is empty when it panics or is cancelled; the labels of the entry are then copied to the heap; needs `prefix` |
/// | `buckets = […]` | upper bounds in seconds, rising, without `+Inf`: a list, `exponential(start, factor, count)` or `linear(start, width, count)`; or [`native`](crate::NativeBuckets), also `native(factor = 1.1, max = 160)`; needs `prefix` |
/// | `error` or `error = \|error\| …` | the label `error`: the error's own one, by [`ErrorLabel`](trait@crate::ErrorLabel), or what the closure says; empty without an error; needs `prefix` |
/// | `outcome = \|ret\| …` | decides the [`Outcome`](crate::Outcome) from what the call returns; stacked attributes must give the same one |
/// | `when = condition` | evaluated once, at entry; where it is false, nothing is recorded; stacked attributes must give the same one |
/// | `registry = PATH` | a `static` [`Registry`](crate::Registry) instead of the [`global`](crate::global) one, for all attributes of the function |
/// | `crate = path` | where this crate is, if it is renamed |
/// | `skip` | on a function in an annotated block, trait or module: leave it out |
///
/// Labels that are read from what the call returns, and `error`, are not on
/// `tasks_in_progress`.
///
/// # Examples
///
/// ```
/// use metrics_runtime::{global, track_task};
///
/// #[track_task]
/// async fn send_receipts() -> Result<u32, String> {
///     Ok(3)
/// }
///
/// #[track_task(task = "backup", prefix = "nightly", labels(disk = disk), error = |error| *error)]
/// async fn back_up(disk: &str) -> Result<(), &'static str> {
///     Err("full")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// send_receipts().await.unwrap();
/// back_up("sda").await.unwrap_err();
/// let page = global().to_text();
/// for line in [
///     r#"task_runs_total{task="send_receipts",outcome="ok"} 1"#,
///     r#"tasks_in_progress{task="send_receipts"} 0"#,
///     r#"task_last_success_timestamp_seconds{task="send_receipts"} 1"#,
///     r#"nightly_task_runs_total{task="backup",disk="sda",error="full",outcome="error"} 1"#,
///     r#"nightly_tasks_in_progress{task="backup",disk="sda"} 0"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// # }
/// ```
///
/// An alert for a task that has stopped to succeed:
/// `time() - task_last_success_timestamp_seconds > 86400`.
///
/// The options that it shares with others:
///
/// ```
/// use metrics_runtime::{Outcome, Registry, track_task};
///
/// static AUDIT: Registry = Registry::new();
///
/// #[track_task(
///     task = "ask",
///     prefix = "audit",
///     labels(host = host),
///     buckets = [0.1, 1.0],
///     error = |error| *error,
///     outcome = |ret| if *ret == Err("down") { Outcome::Error } else { Outcome::Ok },
///     when = !host.is_empty(),
///     registry = AUDIT,
///     crate = metrics_runtime
/// )]
/// fn ask(host: &str) -> Result<u32, &'static str> {
///     if host == "a" { Ok(1) } else { Err("down") }
/// }
///
/// for host in ["a", "b", ""] {
///     let _ = ask(host);
/// }
/// let page = AUDIT.to_text();
/// for line in [
///     r#"audit_task_runs_total{task="ask",host="a",error="",outcome="ok"} 1"#,
///     r#"audit_task_runs_total{task="ask",host="b",error="down",outcome="error"} 1"#,
///     r#"audit_task_duration_seconds_bucket{task="ask",host="a",error="",outcome="ok",le="1"} 1"#,
///     r#"audit_tasks_in_progress{task="ask",host="b"} 0"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// ```
///
/// # Expansion
///
/// As for [`timed`](macro@crate::timed), with four instruments at the site.
///
/// # Errors, panics and cancellation
///
/// The run is counted and observed with `outcome` `ok`, `error`, `panic` or
/// `cancelled`; the time of the last success is set by `ok` alone. The value, the
/// panic and the cancellation are as without the attribute.
///
/// ```compile_fail
/// #[metrics_runtime::track_task(name = "backup")] // four families: it is `prefix`
/// fn back_up() {}
/// ```
pub use metrics_macros::track_task;
