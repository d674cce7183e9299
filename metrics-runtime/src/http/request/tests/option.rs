//! Options of the layer.

use super::{ask, metrics, read, samples, sum};
use crate::http::{HttpLayer, HttpLayerError};
use crate::{Metrics, Registry};
use axum::body::Body;
use axum::http::{Method, Request};
use axum::routing::get;
use axum::{Extension, Router};
use tower::ServiceExt as _;

fn app(layer: HttpLayer) -> Router {
    Router::new()
        .route("/plain", get(|| async { "plain" }))
        .route("/beta", get(|| async { (Extension(true), "beta") }))
        .layer(layer)
}

async fn get_all(app: &Router, paths: &[&str]) {
    for path in paths {
        read(ask(app, Method::GET, path, Body::empty()).await).await;
    }
}

// Mutations: `is_chosen` is always true; `end` returns before it counts; the first
// byte is timed anyway.
#[tokio::test]
async fn a_sample_is_timed_and_sized_and_all_requests_are_counted() {
    const REQUESTS: u64 = 400;
    let histograms = [
        "http_request_duration_seconds",
        "http_time_to_first_byte_seconds",
        "http_request_size_bytes",
        "http_response_size_bytes",
    ];
    for (rate, least, most) in [(0.0, 0, 0), (0.5, 100, 300), (1.0, REQUESTS, REQUESTS)] {
        let metrics = metrics();
        let layer = metrics.http_layer().sample(rate);
        let app = app(layer.expect("it is a rate"));
        for _ in 0..REQUESTS {
            get_all(&app, &["/plain"]).await;
        }
        assert_eq!(sum(metrics, "http_requests_total{"), REQUESTS, "{rate}");
        assert_eq!(sum(metrics, "http_requests_in_progress{"), 0);
        let page = metrics.to_text();
        for family in histograms {
            // Beyond ten standard deviations.
            let count = sum(metrics, &format!("{family}_count{{"));
            assert!((least..=most).contains(&count), "{family} {rate}: {count}");
            let head = format!("# HELP {family} ");
            if let Some(help) = page.lines().find(|line| line.starts_with(&head)) {
                let told = help.contains("Of a random sample");
                assert_eq!(told, rate < 1.0, "{help}");
            }
        }
    }
}

#[tokio::test]
async fn the_set_up_decides_about_samples_and_buckets() {
    let registry: &'static Registry = Box::leak(Box::default());
    let built = Metrics::builder()
        .registry(registry)
        .sample_rate(0.0)
        .latency_buckets([0.5, 2.0])
        .build();
    let metrics = built.expect("it is valid");
    let sampled = app(metrics.http_layer());
    get_all(&sampled, &["/plain"]).await;
    assert_eq!(sum(metrics, "http_requests_total{"), 1);
    assert_eq!(sum(metrics, "http_request_duration_seconds_count{"), 0);

    let registry: &'static Registry = Box::leak(Box::default());
    let built = Metrics::builder()
        .registry(registry)
        .latency_buckets([0.5, 2.0])
        .build();
    let metrics = built.expect("it is valid");
    get_all(&app(metrics.http_layer()), &["/plain"]).await;
    assert_eq!(bounds(metrics), ["0.5", "2", "+Inf"]);
}

/// The bounds of both latencies, which are the same.
fn bounds(metrics: Metrics) -> Vec<String> {
    let page = metrics.to_text();
    let of = |family: &str| -> Vec<String> {
        let lines = page.lines().filter(|line| line.starts_with(family));
        let bounds = lines.filter_map(|line| Some(line.split_once("le=\"")?.1.split_once('"')?.0));
        bounds.map(str::to_owned).collect()
    };
    let duration = of("http_request_duration_seconds_bucket{");
    assert_eq!(of("http_time_to_first_byte_seconds_bucket{"), duration);
    assert_eq!(of("http_request_size_bytes_bucket{").len(), 9);
    duration
}

#[tokio::test]
async fn the_layer_may_have_buckets_of_its_own() {
    let metrics = metrics();
    let layer = metrics.http_layer().buckets(&[0.25, 1.0]);
    get_all(&app(layer.expect("they rise")), &["/plain"]).await;
    assert_eq!(bounds(metrics), ["0.25", "1", "+Inf"]);
    assert_eq!(metrics.registry().conflicts(), []);
}

#[test]
fn options_that_cannot_be_used_are_errors() {
    let layer = metrics().http_layer();
    for rate in [-0.1, 1.1, f64::NAN] {
        let refused = layer.clone().sample(rate);
        assert!(
            matches!(refused, Err(HttpLayerError::Rate { .. })),
            "{rate}"
        );
    }
    for bounds in [&[][..], &[0.0], &[2.0, 1.0], &[1.0, f64::INFINITY]] {
        let refused = layer.clone().buckets(bounds);
        let refused = matches!(refused, Err(HttpLayerError::Buckets { .. }));
        assert!(refused, "{bounds:?}");
    }
    let registry: &'static Registry = Box::leak(Box::default());
    let builder = Metrics::builder().registry(registry);
    let built = builder.const_label("region", "eu").build();
    // Mutation: `label` doesn't look at the constant labels.
    let constant = built.expect("it is valid").http_layer();
    let constant = constant.label::<bool>("region");
    assert!(matches!(constant, Err(HttpLayerError::LabelTaken { .. })));
    let twice = layer.label::<bool>("beta").expect("it is free");
    let twice = twice.label::<bool>("beta").expect_err("it is taken");
    assert_eq!(
        twice.to_string(),
        "the label `beta` is there already; choose another name"
    );
}

// S1. Mutations: `Guard::head` doesn't look at the labels; `Route::series` gives the
// plain ones; `find` leaves further labels out.
#[tokio::test]
async fn labels_are_extensions_of_the_request_and_its_response() {
    let metrics = metrics();
    let layer = metrics.http_layer();
    let layer = layer.label::<bool>("beta").expect("the name is free");
    let app = app(layer);
    get_all(&app, &["/plain", "/beta", "/beta"]).await;
    for _ in 0..3 {
        let mut request = Request::get("/plain").body(Body::empty());
        let request = request.as_mut().expect("it is valid");
        request.extensions_mut().insert(false);
        let request = std::mem::take(request);
        let answered = app.clone().oneshot(request).await;
        read(answered.unwrap_or_else(|never| match never {})).await;
    }
    let samples = samples(metrics);
    for (endpoint, beta, count) in [
        ("/plain", "", 1),
        ("/beta", "true", 2),
        ("/plain", "false", 3),
    ] {
        let route = format!(r#"method="GET",endpoint="{endpoint}""#);
        for line in [
            format!(r#"http_requests_total{{{route},status="200",beta="{beta}"}} {count}"#),
            format!(
                r#"http_request_duration_seconds_count{{{route},status_class="2xx",beta="{beta}"}} {count}"#
            ),
        ] {
            assert!(samples.contains(&line), "{line}: {samples:#?}");
        }
    }
    let size = r#"http_response_size_bytes_count{method="GET",endpoint="/plain"} 4"#;
    assert!(samples.contains(&size.to_owned()), "{samples:#?}");
}
