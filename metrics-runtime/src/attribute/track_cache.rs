/// Counts operations on a cache and times them: the counters
/// `cache_hits_total{cache}`, `cache_misses_total`, `cache_sets_total`,
/// `cache_deletes_total` and `cache_errors_total`, and the histogram
/// `cache_operation_duration_seconds{cache,operation,outcome}`, in seconds.
///
/// On a function it says the operation: `get`, `set` or `delete`. On an `impl`
/// block, a trait or an inline module it gives the functions below its options;
/// only those that say their operation are recorded.
///
/// What a `get` returns tells a hit from a miss: `Some` and `Ok(Some)` are hits,
/// `None` and `Ok(None)` misses, and `Err` is neither.
///
/// | option | meaning |
/// |---|---|
/// | `cache = "…"` | the cache; must be given, on the function or the block |
/// | `hit = \|ret\| …` | of a `get` that returns something else: whether it is a hit |
/// | `prefix = "…"` | goes before the names of all families |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference, unless they are string literals; a closure reads the value from what the call returns, `key = \|ret\| ret.kind()`, which sees nothing else, and is empty when it panics or is cancelled; the labels of the entry are then copied to the heap; needs `prefix` |
/// | `buckets = […]` | upper bounds in seconds, rising, without `+Inf`: a list, `exponential(start, factor, count)` or `linear(start, width, count)`; or [`native`](crate::NativeBuckets), also `native(factor = 1.1, max = 160)`; needs `prefix` |
/// | `error` or `error = \|error\| …` | the label `error`: the error's own one, by [`ErrorLabel`](trait@crate::ErrorLabel), or what the closure says; empty without an error; needs `prefix` |
/// | `outcome = \|ret\| …` | decides the [`Outcome`](crate::Outcome) from what the call returns; stacked attributes must give the same one |
/// | `when = condition` | evaluated once, at entry; where it is false, nothing is recorded; stacked attributes must give the same one |
/// | `registry = PATH` | a `static` [`Registry`](crate::Registry) instead of the [`global`](crate::global) one, for all attributes of the function |
/// | `crate = path` | where this crate is, if it is renamed |
///
/// # Examples
///
/// ```
/// use metrics_runtime::{global, track_cache};
///
/// struct Sessions;
///
/// #[track_cache(cache = "sessions")]
/// impl Sessions {
///     #[track_cache(get)]
///     fn find(&self, id: u32) -> Option<u32> {
///         (id > 10).then_some(id)
///     }
///
///     #[track_cache(get, hit = |ret| !ret.is_empty())]
///     fn roles(&self) -> Vec<u32> {
///         vec![1]
///     }
///
///     #[track_cache(set)]
///     fn keep(&self) -> Result<(), String> {
///         Ok(())
///     }
///
///     #[track_cache(delete)]
///     fn forget(&self) -> Result<(), String> {
///         Err("gone".into())
///     }
/// }
///
/// Sessions.find(7);
/// Sessions.find(11);
/// Sessions.roles();
/// Sessions.keep().unwrap();
/// Sessions.forget().unwrap_err();
/// let page = global().to_text();
/// for line in [
///     r#"cache_hits_total{cache="sessions"} 2"#,
///     r#"cache_misses_total{cache="sessions"} 1"#,
///     r#"cache_sets_total{cache="sessions"} 1"#,
///     r#"cache_deletes_total{cache="sessions"} 0"#,
///     r#"cache_errors_total{cache="sessions"} 1"#,
///     r#"cache_operation_duration_seconds_count{cache="sessions",operation="get",outcome="ok"} 3"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// ```
///
/// The options that it shares with others:
///
/// ```
/// use metrics_runtime::{Outcome, Registry, track_cache};
///
/// static AUDIT: Registry = Registry::new();
///
/// #[track_cache(
///     get, cache = "pages",
///     prefix = "audit",
///     labels(host = host),
///     buckets = [0.1, 1.0],
///     error = |error| *error,
///     outcome = |ret| if *ret == Err("down") { Outcome::Error } else { Outcome::Ok },
///     when = !host.is_empty(),
///     registry = AUDIT,
///     crate = metrics_runtime
/// )]
/// fn ask(host: &str) -> Result<Option<u32>, &'static str> {
///     if host == "a" { Ok(Some(1)) } else { Err("down") }
/// }
///
/// for host in ["a", "b", ""] {
///     let _ = ask(host);
/// }
/// let page = AUDIT.to_text();
/// for line in [
///     r#"audit_cache_hits_total{cache="pages",host="a"} 1"#,
///     r#"audit_cache_errors_total{cache="pages",host="b",error="down"} 1"#,
///     r#"audit_cache_operation_duration_seconds_bucket{cache="pages",operation="get",host="a",error="",outcome="ok",le="1"} 1"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// ```
///
/// # Expansion
///
/// As for [`timed`](macro@crate::timed), with three or four instruments at the site.
///
/// # Errors, panics and cancellation
///
/// Hits, misses, sets and deletes are counted after success only, errors where
/// `outcome` is `error`. The operation is observed with `outcome` `ok`, `error`,
/// `panic` or `cancelled`; the value, the panic and the cancellation are as
/// without the attribute.
///
/// ```compile_fail
/// #[metrics_runtime::track_cache(get, cache = "prices")]
/// fn price() -> u32 { 7 } // is that a hit? say so by `hit = |ret| …`
/// ```
pub use metrics_macros::track_cache;
