/// Counts every call: the counter
/// `function_calls_total{function,module,outcome}`.
///
/// On a function, a method, an `impl` block, a trait or an inline module; on the
/// last three it applies to every function there, as
/// [`timed`](macro@crate::timed#blocks-traits-and-modules) does.
///
/// | option | meaning |
/// |---|---|
/// | `name = "…_total"` | a counter of your own, which loses `function` and `module` and keeps `outcome` |
/// | `help = "…"` | its help text; needs `name` |
/// | `labels(key = expr, …)` | further labels, evaluated once at entry, by reference, unless they are string literals; `function` and `module` alone bring those back; a closure reads the value from what the call returns, `key = \|ret\| ret.kind()`, which sees nothing else, and is empty when it panics or is cancelled; the labels of the entry are then copied to the heap; needs `name` |
/// | `error` or `error = \|error\| …` | the label `error`: the error's own one, by [`ErrorLabel`](trait@crate::ErrorLabel), or what the closure says; empty without an error; needs `name` |
/// | `outcome = \|ret\| …` | decides the [`Outcome`](crate::Outcome) from what the call returns; stacked attributes must give the same one |
/// | `when = condition` | evaluated once, at entry; where it is false, nothing is recorded; stacked attributes must give the same one |
/// | `registry = PATH` | a `static` [`Registry`](crate::Registry) instead of the [`global`](crate::global) one, for all attributes of the function |
/// | `crate = path` | where this crate is, if it is renamed |
/// | `skip` | on a function in an annotated block, trait or module: leave it out |
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
/// The error and the returned value as labels, and calls that don't count:
///
/// ```
/// use metrics_runtime::{Outcome, counted, global};
///
/// #[counted(
///     name = "bids_total",
///     help = "Bids by size.",
///     labels(size = |ret| if ret.is_ok_and(|bid| bid > 100) { "large" } else { "small" }),
///     error = |error| *error,
///     when = bid > 0
/// )]
/// fn bid(bid: u32) -> Result<u32, &'static str> {
///     if bid > 1000 { Err("too_high") } else { Ok(bid) }
/// }
///
/// #[counted(outcome = |ret| if ret.is_some() { Outcome::Ok } else { Outcome::Error })]
/// fn winner() -> Option<u32> {
///     None
/// }
///
/// for amount in [0, 5, 500, 5000] {
///     let _ = bid(amount);
/// }
/// winner();
/// let page = global().to_text().replace(module_path!(), "shop");
/// assert!(page.contains(r#"bids_total{size="small",error="",outcome="ok"} 1"#));
/// assert!(page.contains(r#"bids_total{size="large",error="",outcome="ok"} 1"#));
/// assert!(page.contains(r#"bids_total{size="small",error="too_high",outcome="error"} 1"#));
/// assert!(page.contains(r#"{function="winner",module="shop",outcome="error"} 1"#));
/// ```
///
/// # Expansion
///
/// As for [`timed`](macro@crate::timed), with an instrument of another kind.
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
