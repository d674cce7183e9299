/// Counts rows of a model and times its operations: the counters
/// `model_inserts_total{model}`, `model_updates_total`, `model_deletes_total`
/// and `model_reads_total`, and the histogram
/// `model_operation_duration_seconds{model,operation,outcome}`, in seconds.
///
/// On a method it says the operation: `insert`, `update`, `delete`, `read` or
/// `upsert`, which is an insert or an update.
/// On an `impl` block, a trait or an inline module it gives the functions below
/// their model and other options; only those that say their operation are recorded.
///
/// | option | meaning |
/// |---|---|
/// | `model = "…"` | default: the type less a trailing `Repository`, `Repo`, `Store` or `Dao`, of the block if that is annotated, else of `Self` at the first call; of an annotated trait, its name; in a module it must be given |
/// | `rows = \|value\| …` | the rows, from the value in `Ok` or `Some`; default: one |
/// | `prefix = "…"` | goes before the names of all families |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference, unless they are string literals; a closure reads the value from what the call returns, `key = \|ret\| ret.kind()`, which sees nothing else, and is empty when it panics or is cancelled; the labels of the entry are then copied to the heap; needs `prefix` |
/// | `buckets = […]` | upper bounds in seconds, rising, without `+Inf`: a list, `exponential(start, factor, count)` or `linear(start, width, count)`; or [`native`](crate::NativeBuckets), also `native(factor = 1.1, max = 160)`; needs `prefix` |
/// | `created = \|ret\| …` | of an `upsert`: whether the row is a new one, from what the call returns |
/// | `error` or `error = \|error\| …` | the label `error`: the error's own one, by [`ErrorLabel`](trait@crate::ErrorLabel), or what the closure says; empty without an error; needs `prefix` |
/// | `outcome = \|ret\| …` | decides the [`Outcome`](crate::Outcome) from what the call returns; stacked attributes must give the same one |
/// | `when = condition` | evaluated once, at entry; where it is false, nothing is recorded; stacked attributes must give the same one |
/// | `registry = PATH` | a `static` [`Registry`](crate::Registry) instead of the [`global`](crate::global) one, for all attributes of the function |
/// | `crate = path` | where this crate is, if it is renamed |
///
/// # Examples
///
/// ```
/// use metrics_runtime::{global, track_model};
///
/// struct UserRepository;
///
/// #[track_model]
/// impl UserRepository {
///     #[track_model(insert)]
///     fn insert(&self, name: &str) -> Result<(), String> {
///         if name.is_empty() { Err("no name".into()) } else { Ok(()) }
///     }
///
///     #[track_model(read, rows = Vec::len)]
///     fn all(&self) -> Result<Vec<String>, String> {
///         Ok(vec!["ada".into(), "bob".into()])
///     }
/// }
///
/// #[track_model(delete, model = "Session", rows = |rows| *rows, prefix = "auth")]
/// fn purge_sessions() -> Result<u64, String> {
///     Ok(7)
/// }
///
/// UserRepository.insert("ada").unwrap();
/// UserRepository.insert("").unwrap_err();
/// UserRepository.all().unwrap();
/// purge_sessions().unwrap();
/// let page = global().to_text();
/// assert!(page.contains(r#"model_inserts_total{model="User"} 1"#));
/// assert!(page.contains(r#"model_reads_total{model="User"} 2"#));
/// assert!(page.contains(r#"auth_model_deletes_total{model="Session"} 7"#));
/// let error = r#"model_operation_duration_seconds_count{model="User",operation="insert",outcome="error"} 1"#;
/// assert!(page.contains(error));
/// ```
///
/// An `upsert` says whether it has made the row:
///
/// ```
/// use metrics_runtime::{global, track_model};
///
/// #[track_model(upsert, model = "Setting", created = |ret| ret.is_ok_and(|new| new))]
/// fn put(new: bool) -> Result<bool, u8> {
///     Ok(new)
/// }
///
/// put(true).unwrap();
/// put(false).unwrap();
/// put(false).unwrap();
/// let page = global().to_text();
/// assert!(page.contains(r#"model_inserts_total{model="Setting"} 1"#));
/// assert!(page.contains(r#"model_updates_total{model="Setting"} 2"#));
/// ```
///
/// The options that it shares with others:
///
/// ```
/// use metrics_runtime::{Outcome, Registry, track_model};
///
/// static AUDIT: Registry = Registry::new();
///
/// #[track_model(
///     read, model = "User",
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
///     r#"audit_model_reads_total{model="User",host="a"} 1"#,
///     r#"audit_model_operation_duration_seconds_count{model="User",operation="read",host="b",error="down",outcome="error"} 1"#,
///     r#"audit_model_operation_duration_seconds_bucket{model="User",operation="read",host="a",error="",outcome="ok",le="0.1"} 1"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// ```
///
/// # Expansion
///
/// As for [`timed`](macro@crate::timed), with two instruments at the site, or three.
///
/// # Errors, panics and cancellation
///
/// Rows are counted after success only. The operation is observed with
/// `outcome` `ok`, `error`, `panic` or `cancelled`; the value, the panic and
/// the cancellation are as without the attribute. A panic in `rows` is the
/// caller's, and the operation then counts as one.
///
/// ```compile_fail
/// #[metrics_runtime::track_model(insert)] // whose model? there is no `self`
/// fn insert_user() {}
/// ```
pub use metrics_macros::track_model;
