/// Counts the calls that run: the gauge
/// `function_calls_in_progress{function,module}`.
///
/// On a function, a method, an `impl` block, a trait or an inline module; on the
/// last three it applies to every function there, as
/// [`timed`](macro@crate::timed#blocks-traits-and-modules) does. On the function that
/// a WebSocket is handed to (in axum, the one under `on_upgrade`, since the handler
/// has returned by then) it is the gauge of open connections; on what returns a
/// stream, a call runs until the stream has ended or is dropped.
///
/// | option | meaning |
/// |---|---|
/// | `age` | also the time for which the longest of them has been running, in seconds, in the gauge `function_calls_oldest_seconds`: a call that hangs shows before it ends |
/// | `name = "…"` | a gauge of your own, which loses `function` and `module` |
/// | `help = "…"` | its help text; needs `name` |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference, unless they are string literals; no closures, since what runs has returned nothing; `function` and `module` alone bring those back; needs `name` |
/// | `when = condition` | evaluated once, at entry; where it is false, nothing is recorded; stacked attributes must give the same one |
/// | `registry = PATH` | a `static` [`Registry`](crate::Registry) instead of the [`global`](crate::global) one, for all attributes of the function |
/// | `crate = path` | where this crate is, if it is renamed |
/// | `skip` | on a function in an annotated block, trait or module: leave it out |
///
/// # Examples
///
/// ```
/// use metrics_runtime::{global, in_progress};
///
/// #[in_progress]
/// async fn serve() {
///     tokio::task::yield_now().await;
/// }
///
/// #[in_progress(
///     name = "websocket_connections_in_progress",
///     help = "Open connections by topic.",
///     labels(topic = topic)
/// )]
/// async fn updates(topic: &str) {
///     tokio::task::yield_now().await;
/// }
///
/// #[in_progress(age)]
/// fn import() {
///     let oldest = oldest();
///     assert!(oldest > 0.0);
/// }
///
/// #[in_progress(when = !quiet)]
/// fn watch(quiet: bool) -> String {
///     global().to_text().replace(module_path!(), "shop")
/// }
///
/// fn oldest() -> f64 {
///     let page = global().to_text().replace(module_path!(), "shop");
///     let line = page.lines().find(|line| line.starts_with("function_calls_oldest_seconds"));
///     line.and_then(|line| line.rsplit(' ').next()).unwrap().parse().unwrap()
/// }
///
/// # fn main() {
/// use std::future::Future;
/// use std::task::{Context, Waker};
/// let mut context = Context::from_waker(Waker::noop());
/// let mut calls = (Box::pin(serve()), Box::pin(updates("orders")));
/// assert!(calls.0.as_mut().poll(&mut context).is_pending());
/// assert!(calls.1.as_mut().poll(&mut context).is_pending());
/// let page = global().to_text().replace(module_path!(), "shop");
/// assert!(page.contains(r#"function_calls_in_progress{function="serve",module="shop"} 1"#));
/// assert!(page.contains(r#"websocket_connections_in_progress{topic="orders"} 1"#));
/// drop(calls);
/// let page = global().to_text().replace(module_path!(), "shop");
/// assert!(page.contains(r#"function_calls_in_progress{function="serve",module="shop"} 0"#));
/// assert!(page.contains(r#"websocket_connections_in_progress{topic="orders"} 0"#));
/// import();
/// assert_eq!(oldest(), 0.0);
/// assert!(watch(false).contains(r#"function_calls_in_progress{function="watch",module="shop"} 1"#));
/// assert!(watch(true).contains(r#"function_calls_in_progress{function="watch",module="shop"} 0"#));
/// # }
/// ```
///
/// # Expansion
///
/// As for [`timed`](macro@crate::timed), with an instrument of another kind. `age`
/// adds 8 bytes to a future.
///
/// # Errors, panics and cancellation
///
/// A call ends however it ends: it has returned, unwinds, or is dropped. One that is
/// async runs from its first poll on, also while it waits.
///
/// ```compile_fail
/// #[metrics_runtime::in_progress(
///     name = "jobs_in_progress",
///     labels(size = |ret| *ret) // nothing has been returned yet
/// )]
/// fn job() -> u32 { 7 }
/// ```
pub use metrics_macros::in_progress;
