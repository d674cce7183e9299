//! What the pages say of the places of the HTTP layer.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_runtime::{Metrics, Registry};
use std::future::pending;
use std::time::Duration;
use tokio::time::timeout;
use tower::{Layer, Service, ServiceExt as _};

fn metrics() -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("nothing is wrong")
}

/// Gets a path, reads the answer to its end, and gives its status.
async fn ask<S, B>(service: S, path: &str) -> StatusCode
where
    S: Service<Request, Response = axum::http::Response<B>>,
    S::Error: std::fmt::Debug,
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let request = Request::get(path).body(Body::empty());
    let request = request.expect("the path is valid");
    let response = service.oneshot(request).await.expect("it doesn't fail");
    let status = response.status();
    let body = axum::body::to_bytes(Body::new(response.into_body()), usize::MAX).await;
    body.expect("the answer has a body");
    status
}

fn count(metrics: Metrics, endpoint: &str, status: u16) -> bool {
    let method = match endpoint {
        "<unmatched>" => "OTHER",
        _ => "GET",
    };
    let line = format!(
        "http_requests_total{{method=\"{method}\",endpoint=\"{endpoint}\",status=\"{status}\"}} 1\n"
    );
    metrics.to_text().contains(&line)
}

#[tokio::test]
async fn routes_that_are_added_after_the_layer_are_not_recorded() {
    let metrics = metrics();
    let app: Router = Router::new()
        .route("/orders", get(|| async { "recorded" }))
        .layer(metrics.http_layer())
        .route("/late", get(|| async { "not recorded" }));
    assert_eq!(ask(app.clone(), "/orders").await, StatusCode::OK);
    assert_eq!(ask(app, "/late").await, StatusCode::OK);
    assert!(count(metrics, "/orders", 200));
    assert!(!metrics.to_text().contains("/late"));
}

#[tokio::test]
async fn around_a_whole_service_or_a_nested_one_no_route_is_known() {
    let around = metrics();
    let app: Router = Router::new().route("/orders", get(|| async { "" }));
    let app = around.http_layer().layer(app);
    assert_eq!(ask(app, "/orders").await, StatusCode::OK);
    assert!(count(around, "<unmatched>", 200), "{}", around.to_text());

    let nested = metrics();
    let inner: Router = Router::new().fallback(|| async { "" });
    let app: Router = Router::new()
        .nest_service("/files", inner)
        .layer(nested.http_layer());
    assert_eq!(ask(app, "/files/a").await, StatusCode::OK);
    assert!(count(nested, "<unmatched>", 200), "{}", nested.to_text());
}

#[tokio::test(start_paused = true)]
async fn a_timeout_around_the_layer_is_a_request_that_was_given_up() {
    async fn limit(request: Request, next: Next) -> Response {
        let answer = timeout(Duration::from_secs(1), next.run(request)).await;
        answer.unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response())
    }

    let outside = metrics();
    let app: Router = Router::new()
        .route("/slow", get(|| async { pending::<()>().await }))
        .layer(outside.http_layer())
        .layer(from_fn(limit));
    assert_eq!(ask(app, "/slow").await, StatusCode::REQUEST_TIMEOUT);
    assert!(count(outside, "/slow", 499));
    let aborted = "http_responses_aborted_total{endpoint=\"/slow\",phase=\"handler\"} 1\n";
    assert!(outside.to_text().contains(aborted));

    let inside = metrics();
    let app: Router = Router::new()
        .route("/slow", get(|| async { pending::<()>().await }))
        .layer(from_fn(limit))
        .layer(inside.http_layer());
    assert_eq!(ask(app, "/slow").await, StatusCode::REQUEST_TIMEOUT);
    assert!(count(inside, "/slow", 408));
}
