//! Where the layer stands.

use super::{ask, metrics, read};
use crate::{Diagnostic, Metrics, Misplaced};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::routing::get;
use tower::{ServiceBuilder, ServiceExt as _};

fn router() -> Router {
    Router::new().route("/known", get(|| async { "known" }))
}

/// The value of a sample; zero if it isn't there.
fn value(metrics: Metrics, sample: &str) -> u64 {
    let page = metrics.to_text();
    let line = page.lines().find_map(|line| line.strip_prefix(sample));
    line.map_or(0, |value| value.trim().parse().expect("it is a number"))
}

const NO_ROUTE: &str = r#"metrics_http_layer_misplaced_total{reason="no_route"}"#;
const TWICE: &str = r#"metrics_http_layer_misplaced_total{reason="twice"}"#;

// Mutations: answers of 404 count too; a route that is met settles nothing.
#[tokio::test]
async fn a_layer_that_sees_no_route_is_told_of_after_a_hundred_answers() {
    let metrics = metrics();
    let outside = ServiceBuilder::new()
        .layer(metrics.http_layer())
        .service(router());
    let get = async |path: &str| {
        let request = Request::get(path).body(Body::empty());
        let request = request.expect("the request is valid");
        let response = outside.clone().oneshot(request).await;
        let response = response.unwrap_or_else(|never| match never {});
        let status = response.status();
        read(response.map(Body::new)).await;
        status
    };
    for _ in 0..99 {
        assert_eq!(get("/known").await, StatusCode::OK);
        assert_eq!(get("/unknown").await, StatusCode::NOT_FOUND);
    }
    assert_eq!(value(metrics, NO_ROUTE), 0);
    for answered in 100..103 {
        get("/known").await;
        get("/unknown").await;
        assert_eq!(value(metrics, NO_ROUTE), answered);
    }
    let unmatched = r#"http_requests_total{method="OTHER",endpoint="<unmatched>",status="200"}"#;
    assert_eq!(value(metrics, unmatched), 102);
}

#[tokio::test]
async fn a_fallback_beside_routes_is_no_misplacement() {
    let metrics = metrics();
    let app = router()
        .fallback(|| async { "page" })
        .layer(metrics.http_layer());
    read(ask(&app, Method::GET, "/known", Body::empty()).await).await;
    for _ in 0..150 {
        read(ask(&app, Method::GET, "/page", Body::empty()).await).await;
    }
    assert_eq!(value(metrics, NO_ROUTE), 0);
    let elsewhere = super::metrics();
    let layer = elsewhere.http_layer().endpoint_by(|_| None);
    let app = router().layer(layer);
    for _ in 0..150 {
        read(ask(&app, Method::GET, "/known", Body::empty()).await).await;
    }
    assert_eq!(
        value(elsewhere, NO_ROUTE),
        0,
        "a function that finds none means it"
    );
}

// Mutations: `start` doesn't ask `is_recorded_around`; that doesn't look whose mark
// it is.
#[tokio::test]
async fn of_two_layers_on_one_request_the_outer_one_records() {
    const REQUESTS: u64 = 10;
    let (metrics, other) = (metrics(), metrics());
    let inner = router().layer(metrics.http_layer());
    let app = Router::new()
        .merge(inner)
        .layer(other.http_layer())
        .layer(metrics.http_layer());
    for _ in 0..REQUESTS {
        read(ask(&app, Method::GET, "/known", Body::empty()).await).await;
    }
    let total = r#"http_requests_total{method="GET",endpoint="/known",status="200"}"#;
    assert_eq!(value(metrics, total), REQUESTS);
    assert_eq!(value(metrics, TWICE), REQUESTS);
    assert_eq!(value(other, total), REQUESTS);
    assert_eq!(value(other, TWICE), 0);
}

#[tokio::test]
async fn a_request_that_a_handler_makes_is_another_one() {
    let metrics = metrics();
    let inner = router().layer(metrics.http_layer());
    let call = move || {
        let inner = inner.clone();
        async move { read(ask(&inner, Method::GET, "/known", Body::empty()).await).await }
    };
    let app = Router::new()
        .route("/outer", get(call))
        .layer(metrics.http_layer());
    for _ in 0..5 {
        read(ask(&app, Method::GET, "/outer", Body::empty()).await).await;
    }
    for endpoint in ["/known", "/outer"] {
        let total =
            format!(r#"http_requests_total{{method="GET",endpoint="{endpoint}",status="200"}}"#);
        assert_eq!(value(metrics, &total), 5, "{endpoint}");
    }
    assert_eq!(value(metrics, TWICE), 0);
}

#[test]
fn what_is_told_names_the_remedy() {
    let text = |reason| Diagnostic::HttpLayer { reason }.to_string();
    assert!(text(Misplaced::NoRoute).contains("add it by `Router::layer` after the routes"));
    assert!(text(Misplaced::Twice).contains("add the layer once"));
}
