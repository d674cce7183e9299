//! How requests end.

use super::{app, ask, asked, metrics, read, samples};
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response};
use http_body_util::BodyExt as _;
use std::future::{pending, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::Poll;

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
