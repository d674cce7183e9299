/// Declares families: each function of the module without a body is one, its
/// doc comment the help text, its arguments the labels, its return type the
/// kind. Call it to get a series.
///
/// The name of the module is no part of the families' names. Types of labels
/// are looked up where the module stands.
///
/// | option | meaning |
/// |---|---|
/// | `registry = PATH` | a `static` [`Registry`](crate::Registry) instead of the [`global`](crate::global) one |
/// | `crate = path` | where this crate is, if it is renamed |
///
/// | on a function | meaning |
/// |---|---|
/// | `#[buckets(…)]` | upper bounds of a [`Histogram`](crate::Histogram), rising, without `+Inf`: a list, `exponential(start, factor, count)` or `linear(start, width, count)`; or [`native`](crate::NativeBuckets), also `native(factor = 1.1, max = 160)`; default [`DEFAULT_BUCKETS`](crate::DEFAULT_BUCKETS) |
/// | `#[cap(n)]` | the most series; what comes after goes to one overflow series; default 2,000 |
/// | `#[remote]` | other programs may record into the family by `POST /increment` of [`Metrics::router`](crate::Metrics::router); its labels are then closed sets, or text and integers by those names |
/// | `#[unit(seconds)]` | the unit, in which the name must end: `seconds`, `bytes`, `ratio`, `meters`, `grams`, `volts`, `amperes`, `joules` or `celsius`; a [`Histogram`](crate::Histogram) of seconds keeps whole nanoseconds, so that [`observe_duration`](crate::Histogram::observe_duration) is exact |
///
/// Labels are closed sets, `bool` and enums that derive
/// [`LabelValue`](macro@crate::LabelValue), or open ones, text and integers. If all are closed, a
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
///     /// Items in a basket.
///     #[buckets(linear(1, 5, 4))]
///     pub fn basket_items() -> Histogram;
///     /// Weight of a basket in grams.
///     #[buckets(native(factor = 1.5, max = 50))]
///     pub fn basket_weight_grams() -> Histogram;
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
///     business::basket_items().observe(7.0);
///     business::basket_weight_grams().observe(700.0);
///     let settled = (PaymentStatus::Success, true);
///     business::settlement_seconds(settled).observe_duration(std::time::Duration::from_millis(250));
///     business::waiting_jobs("mail").set(3.0);
///     let page = global().to_text();
///     assert!(page.contains("# HELP payments_total Payments by status and whether they were in advance.\n"));
///     assert!(page.contains("payments_total{status=\"success\",advance=\"false\"} 1\n"));
///     assert!(page.contains("payments_total{status=\"failed\",advance=\"true\"} 0\n"));
///     assert!(page.contains("basket_value_dollars_bucket{le=\"100\"} 1\n"));
///     assert!(page.contains("basket_items_bucket{le=\"11\"} 1\nbasket_items_bucket{le=\"16\"} 1\n"));
///     assert!(page.contains("basket_weight_grams_bucket{le=\"1024\"} 1\n"));
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
