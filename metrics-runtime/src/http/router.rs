//! The router that serves the page.

use super::Handler;
use crate::Metrics;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::routing::any;

impl Metrics {
    /// A router that serves the page: that of the [handler](Self::handler), and what
    /// else the [settings](crate::MetricsBuilder::endpoints) choose.
    ///
    /// Nested as a service at `/metrics`, it answers `GET` and `HEAD` of
    /// `/metrics` and `/metrics/`. Under `Router::nest`, axum 0.8 doesn't let a
    /// router see the path with the slash, and only `/metrics` is answered.
    ///
    /// ```
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let app: axum::Router = axum::Router::new().nest_service("/metrics", metrics.router());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Security
    ///
    /// The router, with every path below it, answers those whom
    /// [`MetricsBuilder::access`](crate::MetricsBuilder::access) lets in: by default
    /// this machine and private networks. Serve the application by
    /// `app.into_make_service_with_connect_info::<SocketAddr>()`, so that it can tell
    /// who asks; see [`Access`](crate::Access).
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let router = crate::endpoint::extended(|| self.handler().page(), self);
        // Over the whole, so that it stands before whatever is below.
        router.layer(self.guard().of_toolkit())
    }

    /// Adds the [router](Self::router) to an application, at the path of the
    /// [settings](crate::MetricsBuilder::path), which operators can change.
    ///
    /// ```
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let app: axum::Router = metrics.mount(axum::Router::new());
    /// # Ok(())
    /// # }
    /// ```
    pub fn mount<S: Clone + Send + Sync + 'static>(&self, app: Router<S>) -> Router<S> {
        app.nest_service(&self.config().path, self.router::<()>())
    }
}

impl Handler {
    /// A router of this handler, as [`Metrics::router`] is of one with the default
    /// limits.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.page().layer(self.guard())
    }

    /// The page, and nothing below it, for everybody.
    pub(crate) fn page<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let handler = self.clone();
        let respond = move |request: Request| handler.respond(&request);
        let page = Router::new().route("/", any(respond));
        // A fallback of its own, so that a guard stands before whatever is below.
        page.fallback(|| async {
            let headers = [
                (CACHE_CONTROL, "no-store"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (StatusCode::NOT_FOUND, headers)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Metrics;
    use axum::Router;
    use axum::body::Body;
    use axum::http::{Method, Request, StatusCode, header};
    use tower::ServiceExt as _;

    async fn answer(method: Method, path: &str) -> (StatusCode, String, usize) {
        let metrics = Metrics::builder().build().expect("the tests' sites agree");
        let app: Router = Router::new().nest_service("/metrics", metrics.router());
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).expect("the request is valid");
        let response = app.oneshot(request).await.expect("routers don't fail");
        let kind = response.headers().get(header::CONTENT_TYPE);
        let kind = kind
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or("")
            .to_owned();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        (status, kind, body.map_or(0, |body| body.len()))
    }

    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

    #[tokio::test]
    async fn answers_with_and_without_the_trailing_slash() {
        for path in ["/metrics", "/metrics/", "/metrics?x=1", "/metrics/?x=1"] {
            let (status, kind, length) = answer(Method::GET, path).await;
            assert_eq!((status, kind.as_str()), (StatusCode::OK, TEXT), "{path}");
            assert!(length > 0, "{path}");
            let (status, kind, length) = answer(Method::HEAD, path).await;
            assert_eq!(
                (status, kind.as_str(), length),
                (StatusCode::OK, TEXT, 0),
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn refuses_other_methods_and_paths() {
        for path in ["/metrics", "/metrics/"] {
            let (status, ..) = answer(Method::POST, path).await;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
        let metrics = Metrics::builder().build().expect("the tests' sites agree");
        let request = Request::get("/nothing").body(Body::empty());
        let app: Router = metrics.router();
        let response = app.oneshot(request.expect("it is valid")).await;
        let headers = response.expect("routers don't fail").into_parts().0.headers;
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        for path in ["/metrics/nothing", "/metrics/.", "/metricsx"] {
            let (status, ..) = answer(Method::GET, path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
