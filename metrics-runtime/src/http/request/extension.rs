//! What a handler tells the layer in the extensions of its response.

use crate::ErrorLabel;

/// The kind of error that a response of 500 or above stands for, in the
/// extensions of the response: the label `kind` of `http_exceptions_total`.
///
/// ```
/// use axum::http::StatusCode;
/// use axum::response::{IntoResponse, Response};
/// use metrics_runtime::{ErrorKind, ErrorLabel};
///
/// #[derive(ErrorLabel)]
/// enum CheckoutError {
///     PaymentDown,
///     OutOfStock,
/// }
///
/// impl IntoResponse for CheckoutError {
///     fn into_response(self) -> Response {
///         let mut response = match self {
///             Self::PaymentDown => StatusCode::BAD_GATEWAY,
///             Self::OutOfStock => StatusCode::CONFLICT,
///         }
///         .into_response();
///         response.extensions_mut().insert(ErrorKind::of(&self));
///         response
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorKind(&'static str);

impl ErrorKind {
    /// The kind of this error: its [label](ErrorLabel).
    pub fn of(error: &impl ErrorLabel) -> Self {
        Self(error.error_label())
    }

    pub(super) const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Says, in the extensions of a response, that the request was refused, and
/// why: it is counted in `http_requests_blocked_total{reason}` too.
///
/// ```
/// use axum::http::StatusCode;
/// use axum::response::IntoResponse;
/// use metrics_runtime::Blocked;
///
/// async fn banned() -> impl IntoResponse {
///     (StatusCode::FORBIDDEN, axum::Extension(Blocked("banned")))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked(
    /// The reason: one of few.
    pub &'static str,
);

/// Says, in the extensions of a response, that the request isn't to be recorded.
/// Pages of metrics carry it, so that scrapes aren't among the requests of the
/// service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmeasured;
