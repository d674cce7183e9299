//! Applications behind a guard, asked without a socket.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use axum::routing::any;
use metrics_runtime::{Access, Endpoints, Metrics, Registry};
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt as _;

/// A set-up with a registry of its own, which is a fresh table of failures too.
pub(crate) fn metrics(access: Access) -> Metrics {
    with_endpoints(access, Endpoints::default())
}

/// The same, with these endpoints.
pub(crate) fn with_endpoints(access: Access, endpoints: Endpoints) -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let metrics = Metrics::builder().registry(registry).access(access);
    let metrics = metrics.endpoints(endpoints).build();
    metrics.expect("the settings are valid")
}

/// An application that answers 200 to whoever gets through.
pub(crate) fn open(metrics: &Metrics) -> Router {
    Router::new()
        .route("/", any(|| async { "through" }))
        .fallback(|| async { "through" })
        .layer(metrics.guard())
}

/// A header of a request.
pub(crate) type Header = (&'static str, Vec<u8>);

pub(crate) fn header(name: &'static str, value: &str) -> Header {
    (name, value.as_bytes().to_vec())
}

pub(crate) fn request(peer: Option<IpAddr>, path: &str, headers: &[Header]) -> Request<Body> {
    let request = Request::builder().method(Method::GET).uri(path);
    let mut request = request.body(Body::empty()).expect("the path is valid");
    for (name, value) in headers {
        let value = HeaderValue::from_bytes(value).expect("the value is valid");
        let name = HeaderName::from_static(name);
        request.headers_mut().append(name, value);
    }
    if let Some(peer) = peer {
        let peer = SocketAddr::new(peer, 4711);
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    request
}

/// Asks an application from this address.
pub(crate) async fn ask(app: &Router, peer: &str, headers: &[Header]) -> Response<Body> {
    let peer = peer.parse().expect("it is an address");
    answer(app, request(Some(peer), "/", headers)).await
}

pub(crate) async fn answer(app: &Router, request: Request<Body>) -> Response<Body> {
    let app = app.clone();
    app.oneshot(request).await.expect("routers don't fail")
}

/// Whether a request got through; one that didn't was refused.
pub(crate) fn is_through(response: &Response<Body>) -> bool {
    let status = response.status();
    let refused = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    assert!(
        status == StatusCode::OK || refused.contains(&status),
        "{status}"
    );
    status == StatusCode::OK
}

pub(crate) async fn text(response: Response<Body>) -> String {
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    String::from_utf8(body.expect("the body is whole").into()).expect("it is text")
}

/// A sample of the page.
pub(crate) fn sample(metrics: &Metrics, series: &str) -> f64 {
    let page = metrics.to_text();
    let value = page
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    let value = value.unwrap_or_else(|| panic!("no `{series}` on\n{page}"));
    value.parse().expect("it is a number")
}
