/// Makes an enum without fields a closed set of label values, a
/// [`ClosedLabel`](crate::ClosedLabel): each variant is its name in snake case.
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
