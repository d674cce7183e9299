//! Requests under the profile of Django; the whole sequence is in `tests/django`.

use super::body::Announced;
use super::{Broken, app, ask, built, read};
use crate::http::{ErrorKind, HttpLayer, HttpLayerError};
use crate::{Metrics, Profile, Registry};
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Method, Request, StatusCode};
use axum::routing::get;
use axum::{Extension, Router};
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::Poll;
use tower::ServiceExt as _;

fn metrics() -> Metrics {
    built(Profile::DjangoPrometheus)
}

/// The samples that count something, without those of the toolkit.
fn samples(metrics: Metrics) -> Vec<String> {
    let page = metrics.to_text();
    let lines = page.lines().filter(|line| {
        let name = line.split(['{', ' ']).next().unwrap_or("");
        (name.ends_with("_total") || name.ends_with("_count"))
            && !line.starts_with("metrics_")
            && !line.ends_with(" 0")
    });
    lines.map(str::to_owned).collect()
}

fn has(metrics: Metrics, lines: &[&str]) {
    let samples = samples(metrics);
    for line in lines {
        assert!(
            samples.contains(&(*line).to_owned()),
            "{line}: {samples:#?}"
        );
    }
}

// Mutation: `Recording` is the toolkit's own under each profile.
#[tokio::test]
async fn requests_are_recorded_in_djangos_families_alone() {
    let metrics = metrics();
    let layer = metrics
        .http_layer()
        .view_by(|endpoint| (endpoint == "/users/{id}").then(|| "users:detail".into()));
    let app = app(layer);
    read(ask(&app, Method::GET, "/users/7", Body::empty()).await).await;
    assert_eq!(
        samples(metrics),
        [
            "django_http_requests_before_middlewares_total 1",
            "django_http_requests_body_total_bytes_count 1",
            "django_http_requests_latency_including_middlewares_seconds_count 1",
            r#"django_http_requests_latency_seconds_by_view_method_count{method="GET",view="users:detail"} 1"#,
            r#"django_http_requests_total_by_method_total{method="GET"} 1"#,
            r#"django_http_requests_total_by_transport_total{transport="http"} 1"#,
            r#"django_http_requests_total_by_view_transport_method_total{method="GET",transport="http",view="users:detail"} 1"#,
            "django_http_responses_before_middlewares_total 1",
            "django_http_responses_body_total_bytes_count 1",
            r#"django_http_responses_total_by_charset_total{charset="utf-8"} 1"#,
            r#"django_http_responses_total_by_status_total{status="200"} 1"#,
            r#"django_http_responses_total_by_status_view_method_total{method="GET",status="200",view="users:detail"} 1"#,
        ]
    );
}

// S1, S2. Mutations: the method or the path is what the client sends; a request
// without a route has a view.
#[tokio::test]
async fn no_client_makes_a_series() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    for index in 0..50 {
        let method = Method::from_bytes(format!("M{index}").as_bytes());
        let method = method.expect("it is a token");
        let path = format!("/wp-{index}.php");
        read(ask(&app, method, &path, Body::empty()).await).await;
    }
    has(
        metrics,
        &[
            r#"django_http_requests_total_by_method_total{method="<invalid method>"} 50"#,
            r#"django_http_responses_total_by_status_view_method_total{method="<invalid method>",status="404",view="<unnamed view>"} 50"#,
            r#"django_http_requests_latency_seconds_by_view_method_count{method="<invalid method>",view="<unnamed view>"} 50"#,
        ],
    );
    assert!(
        !metrics
            .to_text()
            .contains("by_view_transport_method_total{")
    );
}

// Mutation: `Pending` records nothing when it is dropped.
#[tokio::test]
async fn each_request_has_a_response_however_it_ends() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    {
        let mut request = pin!(ask(&app, Method::GET, "/hang", Body::empty()));
        poll_fn(|context| {
            assert!(request.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    let request = AssertUnwindSafe(ask(&app, Method::GET, "/panic", Body::empty()));
    let panicked = futures_util::FutureExt::catch_unwind(request).await;
    assert!(panicked.is_err());
    read(ask(&app, Method::GET, "/down", Body::empty()).await).await;
    read(ask(&app, Method::GET, "/broken", Body::empty()).await).await;
    read(ask(&app, Method::GET, "/stream", Body::empty()).await).await;
    read(ask(&app, Method::GET, "/banned", Body::empty()).await).await;
    has(
        metrics,
        &[
            "django_http_requests_before_middlewares_total 6",
            "django_http_responses_before_middlewares_total 6",
            r#"django_http_responses_total_by_status_view_method_total{method="GET",status="499",view="/hang"} 1"#,
            r#"django_http_responses_total_by_status_view_method_total{method="GET",status="500",view="/panic"} 1"#,
            r#"django_http_exceptions_total_by_type_total{type="panic"} 1"#,
            r#"django_http_exceptions_total_by_type_total{type="broken"} 1"#,
            r#"django_http_exceptions_total_by_type_total{type="502"} 1"#,
            r#"django_http_exceptions_total_by_view_total{view="/panic"} 1"#,
            r#"django_http_requests_latency_seconds_by_view_method_count{method="GET",view="/panic"} 1"#,
            "django_http_responses_streaming_total 1",
            // Those that have no body or an unknown one aside.
            "django_http_responses_body_total_bytes_count 3",
            r#"http_requests_blocked_total{reason="banned"} 1"#,
        ],
    );
}

#[tokio::test]
async fn an_exception_may_have_any_status() {
    let metrics = metrics();
    let missing = || async {
        let kind = Extension(ErrorKind::of(&Broken));
        (StatusCode::NOT_FOUND, kind)
    };
    let app: Router = Router::new()
        .route("/missing", get(missing))
        .layer(metrics.http_layer());
    read(ask(&app, Method::GET, "/missing", Body::empty()).await).await;
    has(
        metrics,
        &[
            r#"django_http_exceptions_total_by_type_total{type="broken"} 1"#,
            r#"django_http_exceptions_total_by_view_total{view="/missing"} 1"#,
        ],
    );
}

async fn send(layer: HttpLayer, request: Builder) {
    let request = request.body(Body::from("12345"));
    let request = request.expect("the request is valid");
    let answered = app(layer).oneshot(request).await;
    read(answered.unwrap_or_else(|never| match never {})).await;
}

#[tokio::test]
async fn what_a_request_says_of_itself_is_counted() {
    let metrics = metrics();
    let request = || Request::post("/echo");
    let ajax = request().header("x-requested-with", "XMLHttpRequest");
    send(metrics.http_layer(), ajax.header("content-length", "5")).await;
    let absolute = Request::post("https://host/echo").header("x-requested-with", "Other");
    send(metrics.http_layer(), absolute).await;
    let proxied = metrics.http_layer().secure_by(|head| {
        let protocol = head.headers.get("x-forwarded-proto");
        protocol.is_some_and(|protocol| protocol == "https")
    });
    send(proxied, request().header("x-forwarded-proto", "https")).await;
    has(
        metrics,
        &[
            "django_http_ajax_requests_total 1",
            r#"django_http_requests_total_by_transport_total{transport="http"} 1"#,
            r#"django_http_requests_total_by_transport_total{transport="https"} 2"#,
            r#"django_http_requests_total_by_view_transport_method_total{method="POST",transport="https",view="/echo"} 2"#,
        ],
    );
    assert!(
        metrics
            .to_text()
            .contains("django_http_requests_body_total_bytes_sum 5\n")
    );
}

// Mutation: `start` takes each announced length as it is.
#[tokio::test]
async fn a_length_that_is_only_announced_is_in_no_sum() {
    let metrics = metrics();
    let request = Request::get("/users/7").header("content-length", "9223372036854775808");
    let request = request.body(Body::new(Announced));
    let request = request.expect("the request is valid");
    let answered = app(metrics.http_layer()).oneshot(request).await;
    read(answered.unwrap_or_else(|never| match never {})).await;
    let page = metrics.to_text();
    for line in [
        "django_http_requests_body_total_bytes_sum 0",
        "django_http_requests_body_total_bytes_count 1",
    ] {
        assert!(page.lines().any(|own| own == line), "{line}: {page}");
    }
}

// Mutation: `Families::of` takes no bounds from the options.
#[tokio::test]
async fn buckets_are_those_that_were_said() {
    let registry: &'static Registry = Box::leak(Box::default());
    let built = Metrics::builder()
        .registry(registry)
        .profile(Profile::DjangoPrometheus)
        .latency_buckets([0.5, 2.0])
        .build();
    let of_set_up = built.expect("it is valid");
    let of_layer = metrics();
    let layer = of_layer.http_layer().buckets(&[0.5, 2.0]);
    for (metrics, layer) in [
        (of_set_up, of_set_up.http_layer()),
        (of_layer, layer.expect("they rise")),
    ] {
        send(layer, Request::post("/echo")).await;
        for family in [
            "django_http_requests_latency_including_middlewares_seconds_bucket{",
            "django_http_requests_latency_seconds_by_view_method_bucket{",
        ] {
            assert_eq!(metrics.to_text().matches(family).count(), 3, "{family}");
        }
        assert_eq!(metrics.registry().conflicts(), []);
    }
}

// Mutation: `check_option` refuses nothing.
#[test]
fn options_that_django_has_no_place_for_are_errors() {
    let layer = metrics().http_layer();
    let label = layer.clone().label::<bool>("beta").expect_err("no label");
    assert_eq!(label, HttpLayerError::NotDjangos { option: "label" });
    let sample = layer.clone().sample(0.5).expect_err("no sample");
    assert_eq!(
        sample.to_string(),
        "`sample` is no option of `Profile::DjangoPrometheus`, whose families have each request \
         and Django's labels alone; leave it out, or take `Profile::Toolkit`"
    );
    assert!(layer.clone().sample(1.0).is_ok(), "that is each request");
    assert!(
        layer
            .sample(7.0)
            .is_err_and(|error| matches!(error, HttpLayerError::Rate { .. }))
    );
}
