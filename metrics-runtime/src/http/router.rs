//! The router that serves the page.

use crate::Metrics;
use crate::encode::text;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

impl Metrics {
    /// A router that serves the page, to be nested where you want it.
    ///
    /// Nested at `/metrics`, it answers `GET` and `HEAD` of `/metrics` and
    /// `/metrics/`, in the text format, version 0.0.4.
    ///
    /// ```
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let app: axum::Router = axum::Router::new().nest("/metrics", metrics.router());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Security
    ///
    /// Whoever can reach the route can read the page; keep it on a network
    /// that only your monitoring reaches.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let metrics = *self;
        let page: MethodRouter<S> = get(move || async move { metrics.page() });
        // A nested router doesn't match its own path with a trailing slash;
        // such a request arrives at the fallback, as the path `/`.
        let with_slash = move |uri: Uri, method: Method| async move {
            let read = method == Method::GET || method == Method::HEAD;
            match uri.path() {
                "/" if read => metrics.page(),
                "/" => StatusCode::METHOD_NOT_ALLOWED.into_response(),
                _ => StatusCode::NOT_FOUND.into_response(),
            }
        };
        Router::new().route("/", page).fallback(with_slash)
    }

    fn page(self) -> Response {
        let headers = [
            (CONTENT_TYPE, text::CONTENT_TYPE),
            (CACHE_CONTROL, "no-store"),
        ];
        (headers, self.to_text()).into_response()
    }
}
