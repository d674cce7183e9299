/// Counts and times database queries: the counters
/// `db_queries_total{database,operation,table,outcome}`,
/// `db_slow_queries_total{database,operation,table}` and
/// `db_errors_total{database,operation,table}`, and the histogram
/// `db_query_duration_seconds{database,operation,table,outcome}`, in seconds.
///
/// On a function it says the operation: `select`, `insert`, `update`, `delete` or
/// `other`. On an `impl` block, a trait or an inline module it gives the functions
/// below its options; only those that say their operation are recorded.
///
/// | option | meaning |
/// |---|---|
/// | `table = "…"` | the table; must be given, on the function or the block |
/// | `database = "…"` | default: `default` |
/// | `slow = "100ms"` | from which duration on a query is slow, in `ns`, `us`, `ms`, `s` or `min`; default: [`slow_query`](crate::MetricsBuilder::slow_query) or `METRICS_SLOW_QUERY_MS`, else 100 ms |
/// | `prefix = "…"` | goes before the names of all families |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference, unless they are string literals; a closure reads the value from what the call returns, `key = \|ret\| ret.kind()`, which sees nothing else, and is empty when it panics or is cancelled; the labels of the entry are then copied to the heap; needs `prefix` |
/// | `buckets = […]` | upper bounds in seconds, rising, without `+Inf`: a list, `exponential(start, factor, count)` or `linear(start, width, count)`; or [`native`](crate::NativeBuckets), also `native(factor = 1.1, max = 160)`; needs `prefix` |
/// | `error` or `error = \|error\| …` | the label `error`: the error's own one, by [`ErrorLabel`](trait@crate::ErrorLabel), or what the closure says; empty without an error; needs `prefix` |
/// | `outcome = \|ret\| …` | decides the [`Outcome`](crate::Outcome) from what the call returns; stacked attributes must give the same one |
/// | `when = condition` | evaluated once, at entry; where it is false, nothing is recorded; stacked attributes must give the same one |
/// | `registry = PATH` | a `static` [`Registry`](crate::Registry) instead of the [`global`](crate::global) one, for all attributes of the function |
/// | `crate = path` | where this crate is, if it is renamed |
///
/// A query that runs through an instrumented pool of sqlx (feature `sqlx`) while an
/// async function under this attribute is polled is counted here alone.
///
/// The label `error` goes to `db_errors_total` too. Queries of one request are
/// counted by [`count_request_queries`](crate::count_request_queries).
///
/// # Examples
///
/// ```
/// use metrics_runtime::{global, track_query};
///
/// struct Users;
///
/// #[track_query(table = "users", database = "main")]
/// impl Users {
///     #[track_query(select)]
///     fn find(&self, id: u32) -> Result<u32, String> {
///         if id == 0 { Err("no such user".into()) } else { Ok(id) }
///     }
///
///     #[track_query(update, slow = "1ns")]
///     fn touch(&self) {}
/// }
///
/// #[track_query(
///     insert,
///     table = "events",
///     prefix = "audit",
///     labels(kind = kind),
///     buckets = [0.001, 0.01],
///     error = |error| error.len()
/// )]
/// fn log(kind: &str) -> Result<(), String> {
///     Err("full".into())
/// }
///
/// Users.find(1).unwrap();
/// Users.find(0).unwrap_err();
/// Users.touch();
/// log("login").unwrap_err();
/// let page = global().to_text();
/// for line in [
///     r#"db_queries_total{database="main",operation="select",table="users",outcome="ok"} 1"#,
///     r#"db_errors_total{database="main",operation="select",table="users"} 1"#,
///     r#"db_slow_queries_total{database="main",operation="select",table="users"} 0"#,
///     r#"db_slow_queries_total{database="main",operation="update",table="users"} 1"#,
///     r#"audit_db_errors_total{database="default",operation="insert",table="events",kind="login",error="4"} 1"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// ```
///
/// The options that it shares with others:
///
/// ```
/// use metrics_runtime::{Outcome, Registry, track_query};
///
/// static AUDIT: Registry = Registry::new();
///
/// #[track_query(
///     select, table = "users",
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
///     r#"audit_db_queries_total{database="default",operation="select",table="users",host="a",error="",outcome="ok"} 1"#,
///     r#"audit_db_errors_total{database="default",operation="select",table="users",host="b",error="down"} 1"#,
///     r#"audit_db_query_duration_seconds_bucket{database="default",operation="select",table="users",host="a",error="",outcome="ok",le="1"} 1"#,
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
/// The query is counted and observed with `outcome` `ok`, `error`, `panic` or
/// `cancelled`, and is slow by its duration alone; `db_errors_total` counts what has
/// `outcome` `error`. The value, the panic and the cancellation are as without the
/// attribute.
///
/// ```compile_fail
/// #[metrics_runtime::track_query(select)] // of which table?
/// fn find() {}
/// ```
pub use metrics_macros::track_query;
