/// Times every call: the histogram
/// `function_duration_seconds{function,module,outcome}`, in seconds.
///
/// On a function, a method, an `impl` block, a trait or an inline module; on the
/// last three it applies to [every function there](#blocks-traits-and-modules).
///
/// | option | meaning |
/// |---|---|
/// | `name = "…"` | a histogram of your own, which loses `function` and `module` and keeps `outcome` |
/// | `help = "…"` | its help text; needs `name` |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference, unless they are string literals; `function` and `module` alone bring those back; a closure reads the value from what the call returns, `key = \|ret\| ret.kind()`, which sees nothing else, and is empty when it panics or is cancelled; the labels of the entry are then copied to the heap; needs `name` |
/// | `buckets = […]` | upper bounds in seconds, rising, without `+Inf`: a list, `exponential(start, factor, count)` or `linear(start, width, count)`; or [`native`](crate::NativeBuckets), also `native(factor = 1.1, max = 160)`; needs `name`; default [`DEFAULT_BUCKETS`](crate::DEFAULT_BUCKETS) |
/// | `sample = 0.01` | times a random share of the calls, above 0 and at most 1, which HELP says; every call is still counted, in `function_calls_total`; needs `name` |
/// | `error` or `error = \|error\| …` | the label `error`: the error's own one, by [`ErrorLabel`](trait@crate::ErrorLabel), or what the closure says; empty without an error; needs `name` |
/// | `outcome = \|ret\| …` | decides the [`Outcome`](crate::Outcome) from what the call returns; stacked attributes must give the same one |
/// | `busy` | on what is polled: also the time in its polls, the time between them, and the longest poll, in `function_busy_seconds`, `function_idle_seconds` and `function_longest_poll_seconds`; a long poll is a blocking call |
/// | `stream` | on what returns a stream: also the items that it has yielded, in `function_stream_items_total` |
/// | `when = condition` | evaluated once, at entry; where it is false, nothing is recorded; stacked attributes must give the same one |
/// | `registry = PATH` | a `static` [`Registry`](crate::Registry) instead of the [`global`](crate::global) one, for all attributes of the function |
/// | `crate = path` | where this crate is, if it is renamed |
/// | `skip` | on a function in an annotated block, trait or module: leave it out |
///
/// For a block, a closure or a future see [`block`](crate::block).
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
/// #[timed(name = "fetch_duration_seconds", buckets = exponential(0.01, 4.0, 5))]
/// fn fetch() {}
///
/// #[timed(name = "pay_duration_seconds", buckets = native(factor = 1.2))]
/// fn pay() {}
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
/// #[timed]
/// trait Priced {
///     fn price(&self) -> u32;
///     fn twice(&self) -> u32 { 2 * self.price() }
/// }
///
/// impl Priced for Cart {
///     fn price(&self) -> u32 { 20 }
/// }
///
/// #[timed]
/// mod pages {
///     pub fn home() {}
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// render();
/// pay();
/// export("pdf").await;
/// fetch();
/// Cart.total();
/// Cart.len();
/// Cart.twice();
/// pages::home();
/// let page = global().to_text();
/// assert!(page.contains(r#"function_duration_seconds_count{function="render""#));
/// assert!(page.contains(r#"export_duration_seconds_bucket{format="pdf",outcome="ok",le="0.1"} 1"#));
/// assert!(page.contains(r#"function="Cart::total""#));
/// assert!(!page.contains(r#"function="Cart::len""#));
/// assert!(page.contains(r#"fetch_duration_seconds_bucket{outcome="ok",le="0.64"}"#));
/// assert!(page.contains(r#"function="Priced::twice""#));
/// assert!(page.contains(r#"function="home""#));
/// # }
/// ```
///
/// Further options, one by one:
///
/// ```
/// use metrics_runtime::{ErrorLabel, Outcome, global, timed};
///
/// #[timed(name = "poll_seconds", sample = 1.0)]
/// fn poll() {}
///
/// struct Response { status: u16 }
///
/// #[timed(name = "answer_seconds", labels(status = |ret| ret.status))]
/// fn answer() -> Response {
///     Response { status: 404 }
/// }
///
/// #[derive(ErrorLabel)]
/// enum Refusal { NoStock }
///
/// #[timed(name = "order_seconds", error)]
/// fn order() -> Result<(), Refusal> {
///     Err(Refusal::NoStock)
/// }
///
/// #[timed(outcome = |ret| if *ret < 0 { Outcome::Error } else { Outcome::Ok })]
/// fn balance() -> i32 {
///     -5
/// }
///
/// #[timed(when = length > 100)]
/// fn compress(length: usize) {}
///
/// #[timed(busy)]
/// async fn hash() {
///     tokio::task::yield_now().await;
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// poll();
/// answer();
/// let _ = order();
/// balance();
/// compress(10);
/// hash().await;
/// let page = global().to_text().replace(module_path!(), "shop");
/// for line in [
///     r#"function_calls_total{function="poll",module="shop",outcome="ok"} 1"#,
///     r#"poll_seconds_count{outcome="ok"} 1"#,
///     r#"answer_seconds_count{status="404",outcome="ok"} 1"#,
///     r#"order_seconds_count{error="no_stock",outcome="error"} 1"#,
///     r#"function_duration_seconds_count{function="balance",module="shop",outcome="error"} 1"#,
///     r#"function_duration_seconds_count{function="compress",module="shop",outcome="ok"} 0"#,
///     r#"function_longest_poll_seconds_count{function="hash",module="shop",outcome="ok"} 1"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// # }
/// ```
///
/// # Futures and streams
///
/// An async function is measured from its first poll on, and so is one that
/// returns `impl Future`, `Pin<Box<dyn Future>>` or `BoxFuture`. A future
/// grows by at most 24 bytes, however many attributes stand on its function; by 16 more with
/// `busy`, 8 with `age`, 24 and what is on the heap where a label is read from what
/// the call returns, and 8 for a label of an argument, which the future then holds
/// twice if the label borrows it. A stream grows by 32, or 48 with `busy`.
///
/// What returns `impl Stream`, `Pin<Box<dyn Stream>>` or `BoxStream`, also as an
/// async function, is measured from the stream's first poll to its end, or until
/// it is dropped. Its outcome is then `error` if the last item was one, else `ok`
/// at the end and `cancelled` before; what it has yielded are its rows. Of an async
/// function, the making of the stream is measured only if it comes to none.
///
/// ```
/// use futures_core::Stream;
/// use metrics_runtime::{global, timed};
/// # use std::{future::poll_fn, pin::{Pin, pin}, task::{Context, Poll}};
/// # struct Lines(u32);
/// # impl Stream for Lines {
/// #     type Item = u32;
/// #     fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
/// #         let left = self.0.checked_sub(1);
/// #         self.0 = left.unwrap_or(0);
/// #         Poll::Ready(left)
/// #     }
/// # }
///
/// #[timed(stream)]
/// fn export() -> impl Stream<Item = u32> {
///     Lines(3)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut lines = pin!(export());
/// while poll_fn(|context| lines.as_mut().poll_next(context)).await.is_some() {}
/// let page = global().to_text().replace(module_path!(), "shop");
/// assert!(page.contains(r#"function_stream_items_total{function="export",module="shop"} 3"#));
/// # }
/// ```
///
/// # Blocks, traits and modules
///
/// `function` is `Type::method` in an `impl` block, `Trait::method` in a trait,
/// whatever implements it, and the bare name in a module, whose path `module`
/// tells. A function there may have own options, or `#[timed(skip)]`; `busy` and
/// `stream` apply to those that are polled or return a stream. Paths in the
/// options of a module's attribute are looked up inside of the module.
///
/// A `const fn` and a method without a body are left alone. What a macro makes is
/// not seen, and blocks, traits and modules inside of a module are not entered;
/// annotate those. `mod name;`, whose content stands in another file, can't be
/// annotated.
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
///     __guard.finish(__outcome!(&__out));
///     __out
/// }
/// ```
///
/// An async function becomes one that returns its future, which costs the compiler half
/// as much; it stays async in documentation, below attributes of others, and where an
/// option reads more than the outcome:
///
/// ```text
/// fn load(id: u64) -> impl Future<Output = Result<Order, Error>> {
///     __site!(__SITE "load" …);
///     awaited(await_timed(&__SITE), __told!(Result<Order, Error>), async move { body })
/// }
/// ```
///
/// # Errors, panics and cancellation
///
/// The call is observed with `outcome` `ok`, `error`, `panic` or `cancelled`;
/// the value, the panic and the cancellation are as without the attribute. A
/// function that never returns, is `#[track_caller]` or returns `impl Fn` is only
/// told `ok` from `panic`, so attributes that count what went well or failed refuse it.
/// A future that is neither written as such in the return type nor made by
/// `Box::pin(async …)` at the end of the body is measured while it is made, not while
/// it runs; so is `impl Future` of a `#[track_caller]` function. Arguments that the
/// body doesn't name are dropped after those that it names.
///
/// ```compile_fail
/// #[metrics_runtime::timed(buckets = [1.0, 0.5])] // the bounds don't rise
/// fn render() {}
/// ```
pub use metrics_macros::timed;
