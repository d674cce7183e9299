/// Gives an error its label, by [`ErrorLabel`](trait@crate::ErrorLabel): each variant of an
/// enum, with or without fields, is its name in snake case, and a struct is its
/// name less a trailing `Error`.
///
/// | attribute | meaning |
/// |---|---|
/// | `#[label("…")]` on a variant or a struct | its label |
/// | `#[label(transparent)]` on a variant or a struct with one field | the label of that field |
/// | `#[label(other)]` on a variant | the label `other`, as errors have that nobody labelled |
/// | `#[label(rename_all = "…")]` on an enum | `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `camelCase`, `PascalCase`, `lowercase` or `UPPERCASE` |
/// | `#[label(crate = path)]` on the type | where this crate is, if it is renamed |
///
/// Two variants may have the same label. A transparent field is anything that
/// is labelled, such as [`std::io::Error`] or `Box<dyn Error>`, or has
/// `AsRef<dyn Error>`, such as `anyhow::Error`.
///
/// A type without parameters that implements [`std::error::Error`] is known to the
/// whole program from its start: it is also found behind a `dyn Error`, and
/// among the sources of one. On platforms without constructors it is known from
/// the first time that it is asked for its label.
///
/// ```
/// use metrics_runtime::ErrorLabel;
/// use std::{error, fmt, io};
///
/// #[derive(Debug, ErrorLabel)]
/// enum CheckoutError {
///     OutOfStock { article: u32 },
///     #[label("declined")]
///     CardDeclined(String),
///     #[label(transparent)]
///     Io(io::Error),
/// }
/// # impl fmt::Display for CheckoutError {
/// #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
/// #         f.write_str("no checkout")
/// #     }
/// # }
/// # impl error::Error for CheckoutError {}
///
/// assert_eq!(CheckoutError::OutOfStock { article: 7 }.error_label(), "out_of_stock");
/// assert_eq!(CheckoutError::Io(io::ErrorKind::TimedOut.into()).error_label(), "timed_out");
///
/// let unknown: Box<dyn error::Error> = Box::new(CheckoutError::CardDeclined("4711".into()));
/// assert_eq!(unknown.error_label(), "declined");
/// ```
///
/// ```compile_fail
/// #[derive(metrics_runtime::ErrorLabel)]
/// enum CheckoutError {
///     #[label(transparent)]
///     Price(std::num::ParseIntError), // it has no label to look through to
/// }
/// ```
pub use metrics_macros::ErrorLabel;
