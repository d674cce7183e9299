//! Requests in memory; those over sockets are in `tests/http`.

mod django;
mod option;
mod place;

use super::{Blocked, ErrorKind, HttpLayer, Unmeasured};
use crate::{ErrorLabel, Metrics, Profile, Registry};
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{Method, Request, Response, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{any, get};
use axum::{Extension, Router};
use http_body_util::BodyExt as _;
use std::future::{pending, poll_fn};
use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::Poll;
use tower::ServiceExt as _;

fn metrics() -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let built = Metrics::builder().registry(registry).build();
    built.expect("nothing is set up yet")
}

/// The samples of the layer's families that aren't zero, without durations,
/// which differ.
fn samples(metrics: Metrics) -> Vec<String> {
    let page = metrics.to_text();
    let lines = page.lines().filter(|line| {
        let counted = ["_total", "_in_progress", "_count", "_bytes_sum"];
        let name = line.split('{').next().unwrap_or("");
        line.starts_with("http_")
            && counted.iter().any(|ending| name.ends_with(ending))
            && !line.ends_with(" 0")
    });
    lines.map(str::to_owned).collect()
}

struct Broken;

impl ErrorLabel for Broken {
    fn error_label(&self) -> &'static str {
        "broken"
    }
}

fn app(layer: HttpLayer) -> Router {
    Router::new()
        .route("/users/{id}", get(|Path(id): Path<String>| async { id }))
        .route("/echo", any(|body: Bytes| async { body }))
        .route("/panic", get(|| async { panic!("on purpose") as &str }))
        .route("/hang", get(|| async { pending::<&str>().await }))
        .route("/down", get(|| async { StatusCode::BAD_GATEWAY }))
        .route(
            "/broken",
            get(|| async {
                let kind = Extension(ErrorKind::of(&Broken));
                (StatusCode::INTERNAL_SERVER_ERROR, kind)
            }),
        )
        .route(
            "/banned",
            get(|| async { (StatusCode::FORBIDDEN, Extension(Blocked("banned"))) }),
        )
        .route("/page", get(|| async { (Extension(Unmeasured), "page") }))
        .route(
            "/stream",
            get(|| async {
                let parts = ["ab", "cde", "f"].map(Ok::<_, io::Error>);
                Body::from_stream(futures_util::stream::iter(parts))
            }),
        )
        .route(
            "/cut",
            get(|| async {
                let parts = [Ok("ab"), Err(io::Error::other("cut"))];
                Body::from_stream(futures_util::stream::iter(parts))
            }),
        )
        .layer(layer)
}

async fn ask(app: &Router, method: Method, path: &str, body: Body) -> Response<Body> {
    let request = Request::builder().method(method).uri(path).body(body);
    let request = request.expect("the request is valid");
    let answered = app.clone().oneshot(request).await;
    answered.unwrap_or_else(|never| match never {})
}

async fn read(response: Response<Body>) -> Bytes {
    let body = response.into_body().collect().await;
    body.expect("it is whole").to_bytes()
}

async fn asked(path: &str) -> Vec<String> {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    let response = ask(&app, Method::GET, path, Body::empty()).await;
    read(response).await;
    samples(metrics)
}

// Mutations: the endpoint is the path; `end` runs at the head.
#[tokio::test]
async fn a_request_is_counted_when_its_response_has_ended() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    let response = ask(&app, Method::GET, "/users/7", Body::empty()).await;
    let open = r#"{method="GET",endpoint="/users/{id}""#;
    assert_eq!(
        samples(metrics),
        [
            format!("http_requests_in_progress{open}}} 1"),
            format!("http_time_to_first_byte_seconds_count{open}}} 1"),
        ]
    );
    assert_eq!(read(response).await, "7");
    assert_eq!(
        samples(metrics),
        [
            format!(r#"http_request_duration_seconds_count{open},status_class="2xx"}} 1"#),
            format!("http_request_size_bytes_count{open}}} 1"),
            format!(r#"http_requests_total{open},status="200"}} 1"#),
            format!("http_response_size_bytes_sum{open}}} 1"),
            format!("http_response_size_bytes_count{open}}} 1"),
            format!("http_time_to_first_byte_seconds_count{open}}} 1"),
        ]
    );
}

// S2. Mutation: `UNMATCHED` is the path.
#[tokio::test]
async fn paths_that_meet_no_route_and_unknown_methods_are_one_series() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    for index in 0..100 {
        let method = Method::from_bytes(format!("M{index}").as_bytes());
        let method = method.expect("it is a token");
        let path = format!("/wp-{index}.php?q={index}");
        read(ask(&app, method, &path, Body::empty()).await).await;
    }
    let line = r#"http_requests_total{method="OTHER",endpoint="<unmatched>",status="404"} 100"#;
    assert!(samples(metrics).contains(&line.to_owned()));
    assert_eq!(metrics.to_text().matches("http_requests_total{").count(), 1);
}

#[tokio::test]
async fn errors_have_the_label_of_their_kind_or_their_status() {
    for (path, status, kind) in [("/down", "502", "502"), ("/broken", "500", "broken")] {
        let samples = asked(path).await;
        let total =
            format!(r#"http_requests_total{{method="GET",endpoint="{path}",status="{status}"}} 1"#);
        assert!(samples.contains(&total), "{samples:#?}");
        let exception = format!(r#"http_exceptions_total{{endpoint="{path}",kind="{kind}"}} 1"#);
        assert!(samples.contains(&exception), "{samples:#?}");
    }
}

#[tokio::test]
async fn refusals_are_counted_by_reason() {
    let samples = asked("/banned").await;
    let blocked = r#"http_requests_blocked_total{reason="banned"} 1"#.to_owned();
    assert!(samples.contains(&blocked), "{samples:#?}");
    assert!(!samples.iter().any(|sample| sample.contains("exceptions")));
}

#[tokio::test]
async fn pages_and_excluded_paths_are_not_recorded() {
    assert_eq!(asked("/page").await, [""; 0]);
    assert_eq!(asked("/metrics").await, [""; 0]);
    let metrics = metrics();
    let layer = metrics.http_layer().exclude(["^/users/"]);
    let app = app(layer.expect("it is an expression").include_own());
    read(ask(&app, Method::GET, "/users/7", Body::empty()).await).await;
    assert_eq!(samples(metrics), [""; 0]);
    read(ask(&app, Method::GET, "/metrics", Body::empty()).await).await;
    assert!(!samples(metrics).is_empty());
}

// Mutation: `Size::of` takes no body of axum's.
#[tokio::test]
async fn bodies_are_measured_once_however_they_come() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    let known = Body::from("12345");
    let parts = ["123", "45"].map(Ok::<_, io::Error>);
    let streamed = Body::from_stream(futures_util::stream::iter(parts));
    for body in [known, streamed] {
        let response = ask(&app, Method::POST, "/echo", body).await;
        assert_eq!(read(response).await, "12345");
    }
    let response = ask(&app, Method::GET, "/stream", Body::empty()).await;
    assert_eq!(read(response).await, "abcdef");
    let samples = samples(metrics);
    for line in [
        r#"http_request_size_bytes_sum{method="POST",endpoint="/echo"} 10"#,
        r#"http_request_size_bytes_count{method="POST",endpoint="/echo"} 2"#,
        r#"http_response_size_bytes_sum{method="POST",endpoint="/echo"} 10"#,
        r#"http_response_size_bytes_sum{method="GET",endpoint="/stream"} 6"#,
        r#"http_response_size_bytes_count{method="GET",endpoint="/stream"} 1"#,
    ] {
        assert!(samples.contains(&line.to_owned()), "{line}: {samples:#?}");
    }
}

/// A body that announces more than anybody has, and sends nothing.
pub(super) struct Announced;

impl http_body::Body for Announced {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(None)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(1 << 63)
    }
}

// Mutation: `Size::of` takes each announced length as it is.
#[tokio::test]
async fn a_length_that_is_only_announced_is_in_no_sum() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    read(ask(&app, Method::GET, "/users/7", Body::new(Announced)).await).await;
    let page = metrics.to_text();
    let series = r#"{method="GET",endpoint="/users/{id}"}"#;
    for line in [
        format!("http_request_size_bytes_sum{series} 0"),
        format!("http_request_size_bytes_count{series} 1"),
    ] {
        assert!(page.lines().any(|own| own == line), "{line}: {page}");
    }
}

// Mutation: `head` doesn't look at the method; `expected` is never compared.
#[tokio::test]
async fn answers_whose_body_nobody_reads_to_its_end_are_complete() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    // A server sends no body for HEAD and drops it.
    drop(ask(&app, Method::HEAD, "/users/7", Body::empty()).await);
    // One that knows the length asks for no frame after the last.
    let mut response = ask(&app, Method::GET, "/users/7", Body::empty()).await;
    let frame = response.body_mut().frame().await;
    assert!(frame.is_some_and(|frame| frame.is_ok()));
    drop(response);
    let samples = samples(metrics);
    for method in ["HEAD", "GET"] {
        let line = format!(
            r#"http_requests_total{{method="{method}",endpoint="/users/{{id}}",status="200"}} 1"#
        );
        assert!(samples.contains(&line), "{samples:#?}");
    }
    assert!(!samples.iter().any(|sample| sample.contains("aborted")));
}

fn aborted(path: &str, phase: &str, status: u16) -> [String; 2] {
    [
        format!(r#"http_requests_total{{method="GET",endpoint="{path}",status="{status}"}} 1"#),
        format!(r#"http_responses_aborted_total{{endpoint="{path}",phase="{phase}"}} 1"#),
    ]
}

// Mutation: `Guard` isn't dropped with its future, or with its body.
#[tokio::test]
async fn responses_that_are_given_up_are_counted_by_phase() {
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
    drop(ask(&app, Method::GET, "/users/7", Body::empty()).await);
    let mut response = ask(&app, Method::GET, "/stream", Body::empty()).await;
    let frame = response.body_mut().frame().await;
    assert!(frame.is_some_and(|frame| frame.is_ok()));
    drop(response);
    let samples = samples(metrics);
    for line in [
        aborted("/hang", "handler", 499),
        aborted("/users/{id}", "head", 200),
        aborted("/stream", "body", 200),
    ]
    .as_flattened()
    {
        assert!(samples.contains(line), "{line}: {samples:#?}");
    }
    assert!(!samples.iter().any(|sample| sample.contains("in_progress")));
}

#[tokio::test]
async fn a_body_that_fails_is_an_exception() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    let response = ask(&app, Method::GET, "/cut", Body::empty()).await;
    assert!(response.into_body().collect().await.is_err());
    let samples = samples(metrics);
    for line in [
        r#"http_exceptions_total{endpoint="/cut",kind="body"} 1"#,
        r#"http_requests_total{method="GET",endpoint="/cut",status="200"} 1"#,
    ] {
        assert!(samples.contains(&line.to_owned()), "{samples:#?}");
    }
    assert!(!samples.iter().any(|sample| sample.contains("aborted")));
}

// Mutation: `Guard::drop` takes every unwinding for a panic of the handler, or
// none.
#[tokio::test]
async fn panics_are_of_the_handler_or_of_whoever_holds_it() {
    let metrics = metrics();
    let app = app(metrics.http_layer());
    let request = ask(&app, Method::GET, "/panic", Body::empty());
    let panicked = AssertUnwindSafe(request);
    let panicked = futures_util::FutureExt::catch_unwind(panicked).await;
    assert!(panicked.is_err());
    let holder = async {
        let _response = ask(&app, Method::GET, "/users/7", Body::empty()).await;
        panic!("on purpose")
    };
    let panicked = futures_util::FutureExt::catch_unwind(AssertUnwindSafe(holder)).await;
    assert!(panicked.is_err());
    let samples = samples(metrics);
    for line in [
        r#"http_exceptions_total{endpoint="/panic",kind="panic"} 1"#.to_owned(),
        r#"http_requests_total{method="GET",endpoint="/panic",status="500"} 1"#.to_owned(),
        r#"http_responses_aborted_total{endpoint="/users/{id}",phase="head"} 1"#.to_owned(),
    ] {
        assert!(samples.contains(&line), "{line}: {samples:#?}");
    }
    assert!(!samples.iter().any(|sample| sample.contains("in_progress")));
}

// Mutations: `Runs::Called` hasn't panicked; it has whoever unwinds.
#[test]
fn a_service_may_panic_where_it_is_called_and_a_holder_before_it_polls() {
    use tower::Service as _;
    let metrics = metrics();
    let layer = metrics.http_layer().endpoint_by(|head| {
        let path = head.uri.path().to_owned();
        Some(path.into())
    });
    let mut service = tower::ServiceBuilder::new().layer(layer).service_fn(
        |request: Request<http_body_util::Full<Bytes>>| {
            assert_ne!(request.uri().path(), "/panic", "on purpose");
            pending::<Result<Response<http_body_util::Full<Bytes>>, std::convert::Infallible>>()
        },
    );
    let request = |path| {
        let request = Request::get(path).body(http_body_util::Full::default());
        request.expect("the request is valid")
    };
    let called =
        std::panic::catch_unwind(AssertUnwindSafe(|| drop(service.call(request("/panic")))));
    assert!(called.is_err());
    let held = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let _future = service.call(request("/held"));
        panic!("on purpose")
    }));
    assert!(held.is_err());
    drop(service.call(request("/dropped")));
    let samples = samples(metrics);
    for line in [
        r#"http_exceptions_total{endpoint="/panic",kind="panic"} 1"#,
        r#"http_requests_total{method="GET",endpoint="/panic",status="500"} 1"#,
        r#"http_responses_aborted_total{endpoint="/held",phase="handler"} 1"#,
        r#"http_requests_total{method="GET",endpoint="/held",status="499"} 1"#,
        r#"http_responses_aborted_total{endpoint="/dropped",phase="handler"} 1"#,
    ] {
        assert!(samples.contains(&line.to_owned()), "{line}: {samples:#?}");
    }
}

#[tokio::test]
async fn other_routers_name_their_endpoints() {
    let metrics = metrics();
    let layer = metrics.http_layer().endpoint_by(|head| {
        let path = head.uri.path();
        path.starts_with("/users/").then(|| "/users/:id".into())
    });
    let service = tower::ServiceBuilder::new().layer(layer).service_fn(
        |_: Request<http_body_util::Full<Bytes>>| async {
            Ok::<_, std::convert::Infallible>(StatusCode::OK.into_response())
        },
    );
    for path in ["/users/1", "/users/2", "/other"] {
        let request = Request::get(path).body(http_body_util::Full::default());
        let request = request.expect("the request is valid");
        let answered = service.clone().oneshot(request).await;
        drop(answered.unwrap_or_else(|never| match never {}));
    }
    let page = metrics.to_text();
    assert!(page.contains(r#"{method="GET",endpoint="/users/:id",status="200"} 2"#));
    assert!(page.contains(r#"{method="GET",endpoint="<unmatched>",status="200"} 1"#));
}

// Mutation: the families have the cap of those whose labels are open.
#[tokio::test]
async fn many_routes_with_many_statuses_have_series_of_their_own() {
    const ROUTES: usize = 400;
    const STATUSES: [u16; 6] = [200, 201, 301, 404, 500, 503];
    for profile in [Profile::Toolkit, Profile::DjangoPrometheus] {
        let registry: &'static Registry = Box::leak(Box::default());
        let builder = Metrics::builder().registry(registry).profile(profile);
        let metrics = builder.build().expect("nothing is set up yet");
        let answer = |Path(status): Path<u16>| async move {
            StatusCode::from_u16(status).expect("it is one of those above")
        };
        let mut app = Router::new();
        for route in 0..ROUTES {
            app = app.route(&format!("/{route}/{{status}}"), get(answer));
        }
        let app = app.layer(metrics.http_layer());
        for route in 0..ROUTES {
            for status in STATUSES {
                let path = format!("/{route}/{status}");
                read(ask(&app, Method::GET, &path, Body::empty()).await).await;
            }
        }
        let page = metrics.to_text();
        assert!(!page.contains("__overflow__"), "{profile:?}");
        let family = match profile {
            Profile::Toolkit => "http_requests_total{",
            Profile::DjangoPrometheus => "django_http_responses_total_by_status_view_method_total{",
        };
        let series = page.lines().filter(|line| line.starts_with(family));
        assert_eq!(series.count(), ROUTES * STATUSES.len());
    }
}

// Mutations: `Routes::get` gives each thread a route of its own; what has none is told
// nowhere.
#[tokio::test]
async fn many_routes_end_in_the_overflow_series() {
    let metrics = metrics();
    let layer = metrics
        .http_layer()
        .endpoint_by(|head| Some(head.uri.path().to_owned().into()));
    let app = app(layer);
    for index in 0..2_100 {
        let path = format!("/users/{index}");
        read(ask(&app, Method::GET, &path, Body::empty()).await).await;
    }
    let page = metrics.to_text();
    let lines = page.lines();
    let lines = lines.filter(|line| line.starts_with("http_requests_total{"));
    let counts: Vec<u64> = lines
        .filter_map(|line| line.rsplit(' ').next()?.parse().ok())
        .collect();
    assert_eq!(counts.len(), 2_001);
    assert_eq!(counts.iter().sum::<u64>(), 2_100);
    assert!(page.contains(
        r#"http_requests_total{method="__overflow__",endpoint="__overflow__",status="__overflow__"} 100"#
    ));
    assert!(page.contains(r#"metrics_series_overflow_total{family="http_requests_total"} "#));
}
