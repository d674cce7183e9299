//! How large bodies are.

use super::{app, ask, metrics, read, samples};
use axum::body::{Body, Bytes};
use axum::http::Method;
use http_body_util::BodyExt as _;
use std::io;
use std::task::Poll;

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
