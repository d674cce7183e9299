//! Prometheus metrics by annotation.
//!
//! Attributes on functions, handlers and methods record into families that a
//! [`Registry`] owns; [`global`] is the one that needs no set-up.
//!
//! ```
//! use metrics_runtime::{counted, global, timed};
//!
//! #[timed]
//! #[counted]
//! fn divide(a: u32, b: u32) -> Option<u32> {
//!     a.checked_div(b)
//! }
//!
//! divide(6, 3);
//! let page = global().to_text();
//! assert!(page.contains(r#"function_calls_total{function="divide","#));
//! assert!(page.contains(r#"function_duration_seconds_count{function="divide","#));
//! ```
//!
//! # What is recorded when
//!
//! | the call… | `outcome` | counters | histogram |
//! |---|---|---|---|
//! | returns `Ok`, `Some`, `()`, any other value, or a response below 500 | `ok` | +1 | observed |
//! | returns `Err` (whatever it renders as), or a response of 500 and above | `error` | +1 | observed |
//! | unwinds | `panic` | +1 | observed |
//! | is an async call dropped before it finished | `cancelled` | +1 | observed |
//! | is an async call never polled | – | – | – |
//!
//! The outcome comes from the type, not from the spelling of the return type;
//! see [`Classify`]. A recording call never panics, takes no lock that a scrape
//! holds once its site is resolved, and allocates nothing once its series
//! exists and the thread has recorded into it. Recording is not
//! async-signal-safe, and must not be done by a global allocator: a thread's
//! first recording into a series may allocate.
//!
//! # Call sites
//!
//! Every annotated function of every crate that is linked is known before its
//! first call, and on the page at zero if its labels are constant. The compiler
//! links a dependency only if the source names it: `use the_library as _;` is
//! enough. On platforms without constructors a site is known from its first
//! call on.
//!
//! # Features
//!
//! - `http` (default): [`Metrics::router`] and the outcome of HTTP responses.

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
mod sync;

pub use builder::{BuildError, Conflicts, Metrics, MetricsBuilder};
pub use catalogue::Place;
pub use desc::{DEFAULT_BUCKETS, DescError, Kind};
pub use diagnostics::{Diagnostic, HookError, Overflow, set_diagnostics_hook};
pub use encode::text::CONTENT_TYPE as TEXT_CONTENT_TYPE;
pub use label::{ClosedLabel, LabelValue, Scratch};
pub use name::{LabelName, MetricName, NameError};
pub use outcome::{Classify, Outcome};
pub use record::{Counter, Family, Gauge, Histogram, InProgress, Metric, Running};
pub use registry::{Conflict, RegisterError, Registry, global};

/// Times every call: the histogram
/// `function_duration_seconds{function,module,outcome}`, in seconds.
///
/// On a function, a method, or an `impl` block, where it applies to every
/// method and `function` becomes `Type::method`.
///
/// | option | meaning |
/// |---|---|
/// | `name = "…"` | a histogram of your own, which loses `function` and `module` and keeps `outcome` |
/// | `help = "…"` | its help text; needs `name` |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference; `function` and `module` alone bring those back; needs `name` |
/// | `buckets = […]` | upper bounds in seconds, rising, without `+Inf`; needs `name`; default [`DEFAULT_BUCKETS`] |
/// | `sample = 0.01` | times a random share of the calls, above 0 and at most 1, which HELP says; every call is still counted, in `function_calls_total`; needs `name` |
/// | `registry = PATH` | a `static` [`Registry`] instead of the [`global`] one, for all attributes of the function |
/// | `crate = path` | where this crate is, if it is renamed |
/// | `skip` | on a method of an annotated block: leave it out |
///
/// # Examples
///
/// ```
/// use metrics_runtime::{global, timed};
///
/// #[timed]
/// fn render() {}
///
/// #[timed(
///     name = "export_duration_seconds",
///     help = "Duration of exports in seconds.",
///     labels(format = format),
///     buckets = [0.1, 1.0, 10.0]
/// )]
/// async fn export(format: &str) {}
///
/// struct Cart;
///
/// #[timed]
/// impl Cart {
///     fn total(&self) {}
///     #[timed(skip)]
///     fn len(&self) {}
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// render();
/// export("pdf").await;
/// Cart.total();
/// Cart.len();
/// let page = global().to_text();
/// assert!(page.contains(r#"function_duration_seconds_count{function="render""#));
/// assert!(page.contains(r#"export_duration_seconds_bucket{format="pdf",outcome="ok",le="0.1"} 1"#));
/// assert!(page.contains(r#"function="Cart::total""#));
/// assert!(!page.contains(r#"function="Cart::len""#));
/// # }
/// ```
///
/// # Expansion
///
/// `#[timed] fn render() { body }` becomes, in short:
///
/// ```text
/// fn render() {
///     __site!(__SITE "render" …, Duration &FUNCTION_DURATION_SECONDS, […]);
///     let __guard = Guard::new(enter(&__SITE));
///     let __out = call(move || { body });
///     __guard.finish(__reading!(&__out));
///     __out
/// }
/// ```
///
/// # Errors, panics and cancellation
///
/// The call is observed with `outcome` `ok`, `error`, `panic` or `cancelled`;
/// the value, the panic and the cancellation are as without the attribute. A
/// function that never returns, is `#[track_caller]` or returns `impl Fn` is only
/// told `ok` from `panic`. A boxed future under a type alias of your own is
/// measured while it is made, not while it runs; write `Pin<Box<dyn Future…>>`.
///
/// ```compile_fail
/// #[metrics_runtime::timed(buckets = [1.0, 0.5])] // the bounds don't rise
/// fn render() {}
/// ```
pub use metrics_macros::timed;

/// Counts every call: the counter
/// `function_calls_total{function,module,outcome}`.
///
/// On a function, a method, or an `impl` block, where it applies to every
/// method and `function` becomes `Type::method`.
///
/// | option | meaning |
/// |---|---|
/// | `name = "…_total"` | a counter of your own, which loses `function` and `module` and keeps `outcome` |
/// | `help = "…"` | its help text; needs `name` |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference; `function` and `module` alone bring those back; needs `name` |
/// | `registry = PATH` | a `static` [`Registry`] instead of the [`global`] one |
/// | `crate = path` | where this crate is, if it is renamed |
/// | `skip` | on a method of an annotated block: leave it out |
///
/// # Examples
///
/// ```
/// use metrics_runtime::{counted, global};
///
/// #[counted(name = "sign_ins_total", help = "Sign-ins by method.", labels(method = method, function))]
/// fn sign_in(method: &str, password: &str) -> Result<(), String> {
///     if password == "secret" { Ok(()) } else { Err("wrong password".into()) }
/// }
///
/// sign_in("form", "secret").unwrap();
/// sign_in("form", "guess").unwrap_err();
/// let page = global().to_text();
/// assert!(page.contains("# HELP sign_ins_total Sign-ins by method.\n"));
/// assert!(page.contains(r#"sign_ins_total{method="form",function="sign_in",outcome="ok"} 1"#));
/// assert!(page.contains(r#"sign_ins_total{method="form",function="sign_in",outcome="error"} 1"#));
/// ```
///
/// # Expansion
///
/// As for [`macro@timed`], with an instrument of another kind.
///
/// # Errors, panics and cancellation
///
/// The call is counted with `outcome` `ok`, `error`, `panic` or `cancelled`;
/// the value, the panic and the cancellation are as without the attribute.
///
/// ```compile_fail
/// #[metrics_runtime::counted(name = "logins")] // a counter ends in `_total`
/// fn log_in() {}
/// ```
pub use metrics_macros::counted;

/// Counts rows of a model and times its operations: the counters
/// `model_inserts_total{model}`, `model_updates_total`, `model_deletes_total`
/// and `model_reads_total`, and the histogram
/// `model_operation_duration_seconds{model,operation,outcome}`, in seconds.
///
/// On a method it says the operation: `insert`, `update`, `delete` or `read`.
/// On an `impl` block it gives the methods below their model and other options;
/// only methods that say their operation are recorded.
///
/// | option | meaning |
/// |---|---|
/// | `model = "…"` | default: the type less a trailing `Repository`, `Repo`, `Store` or `Dao`, of the block if that is annotated, else of `Self` at the first call |
/// | `rows = \|value\| …` | the rows, from the value in `Ok` or `Some`; default: one |
/// | `prefix = "…"` | goes before the names of all families |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference; needs `prefix` |
/// | `buckets = […]` | upper bounds in seconds, rising, without `+Inf`; needs `prefix` |
/// | `registry = PATH` | a `static` [`Registry`] instead of the [`global`] one |
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
/// # Expansion
///
/// As for [`macro@timed`], with two instruments at the site.
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

/// Declares families: each function of the module without a body is one, its
/// doc comment the help text, its arguments the labels, its return type the
/// kind. Call it to get a series.
///
/// The name of the module is no part of the families' names. Types of labels
/// are looked up where the module stands.
///
/// | option | meaning |
/// |---|---|
/// | `registry = PATH` | a `static` [`Registry`] instead of the [`global`] one |
/// | `crate = path` | where this crate is, if it is renamed |
///
/// | on a function | meaning |
/// |---|---|
/// | `#[buckets(…)]` | upper bounds of a [`Histogram`], rising, without `+Inf`; default [`DEFAULT_BUCKETS`] |
/// | `#[cap(n)]` | the most series; what comes after goes to one overflow series; default 2,000 |
/// | `#[unit(seconds)]` | the unit, in which the name must end: `seconds`, `bytes`, `ratio`, `meters`, `grams`, `volts`, `amperes`, `joules` or `celsius`; a [`Histogram`] of seconds keeps whole nanoseconds, so that [`observe_duration`](Histogram::observe_duration) is exact |
///
/// Labels are closed sets, `bool` and enums that derive
/// [`LabelValue`](macro@LabelValue), or open ones, text and integers. If all are closed, a
/// series is found by index, without a look at any text; the sets must then
/// multiply to at most 10,000 series, which are at zero on the page from the
/// start if they are at most 100. With `#[cap(n)]` only series that were asked
/// for take memory. A tuple is a label for each of its values, named by a
/// pattern: `(status, method): (Status, Method)`.
///
/// ```
/// use metrics_runtime::{LabelValue, global, metrics};
///
/// #[derive(LabelValue, Clone, Copy)]
/// pub enum PaymentStatus { Success, Failed }
///
/// #[metrics]
/// pub mod business {
///     /// Payments by status and whether they were in advance.
///     pub fn payments_total(status: PaymentStatus, advance: bool) -> Counter;
///     /// Basket value in dollars.
///     #[buckets(10.0, 100.0, 1000.0)]
///     pub fn basket_value_dollars() -> Histogram;
///     /// Time until a payment is settled, in seconds.
///     #[unit(seconds)]
///     pub fn settlement_seconds((status, advance): (PaymentStatus, bool)) -> Histogram;
///     /// Waiting jobs by queue.
///     #[cap(50)]
///     pub fn waiting_jobs(queue: &str) -> Gauge;
/// }
///
/// fn main() {
///     business::payments_total(PaymentStatus::Success, false).inc();
///     business::basket_value_dollars().observe(99.5);
///     let settled = (PaymentStatus::Success, true);
///     business::settlement_seconds(settled).observe_duration(std::time::Duration::from_millis(250));
///     business::waiting_jobs("mail").set(3.0);
///     let page = global().to_text();
///     assert!(page.contains("# HELP payments_total Payments by status and whether they were in advance.\n"));
///     assert!(page.contains("payments_total{status=\"success\",advance=\"false\"} 1\n"));
///     assert!(page.contains("payments_total{status=\"failed\",advance=\"true\"} 0\n"));
///     assert!(page.contains("basket_value_dollars_bucket{le=\"100\"} 1\n"));
///     assert!(page.contains(
///         "settlement_seconds_sum{status=\"success\",advance=\"true\"} 0.25\n"
///     ));
///     assert!(page.contains("waiting_jobs{queue=\"mail\"} 3\n"));
/// }
/// ```
///
/// ```compile_fail
/// #[metrics_runtime::metrics]
/// mod shop {
///     pub fn orders_total() -> Counter; // no doc comment, so no help text
/// }
/// ```
pub use metrics_macros::metrics;

/// Makes an enum without fields a closed set of label values, a
/// [`ClosedLabel`]: each variant is its name in snake case.
///
/// | attribute | meaning |
/// |---|---|
/// | `#[label("…")]` on a variant | its value |
/// | `#[label(rename_all = "…")]` on the enum | `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `camelCase`, `PascalCase`, `lowercase` or `UPPERCASE` |
/// | `#[label(crate = path)]` on the enum | where this crate is, if it is renamed |
///
/// ```
/// use metrics_runtime::{ClosedLabel, LabelValue};
///
/// #[derive(LabelValue)]
/// enum Method {
///     CreditCard,
///     #[label("paypal")]
///     PayPal,
/// }
///
/// assert_eq!(Method::VALUES, ["credit_card", "paypal"]);
/// assert_eq!(Method::PayPal.index(), 1);
/// ```
///
/// ```compile_fail
/// #[derive(metrics_runtime::LabelValue)]
/// enum Method { Card(String) } // the values of fields have no end
/// ```
pub use metrics_macros::LabelValue;

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
