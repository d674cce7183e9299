//! What is answered, and its headers.

use super::{body, get, handler, header, injected, registry, request, text};
use crate::Format;
use crate::encode::Wanted;
use crate::http::handler::HandlerOptions;
use crate::http::handler::encoding::Encoding;
use crate::http::handler::page::Maker;
use http::{Method, StatusCode};
use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

// H1.
// Mutation: `refused` inserts no content type.
#[tokio::test]
async fn every_answer_has_a_content_type_and_is_not_stored() {
    let handler = handler();
    for (method, uri, status) in [
        (Method::GET, "/", StatusCode::OK),
        (Method::GET, "/?format=x", StatusCode::BAD_REQUEST),
        (Method::PUT, "/", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let answer = handler.respond(&request(method, uri, &[])).await;
        assert_eq!(answer.status(), status, "{uri}");
        assert!(header(&answer, "content-type").starts_with("text/plain; "));
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "vary"), "Accept, Accept-Encoding");
        let length = header(&answer, "content-length").to_owned();
        assert_eq!(length, body(answer).await.len().to_string());
    }
}

// H2, H4, H7.
// Mutation: `answer` gives the maker the default format.
#[tokio::test]
async fn the_page_is_of_the_format_that_is_answered() {
    let render = |wanted: Wanted<'_>, out: &mut Vec<u8>| {
        out.extend_from_slice(wanted.format.as_str().as_bytes());
        Vec::new()
    };
    let (handler, registry) = injected(HandlerOptions::new(), render);
    let proto = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
                 encoding=delimited";
    for (accept, format) in [
        ("*/*", Format::Text),
        ("application/openmetrics-text", Format::OpenMetrics),
        (proto, Format::Protobuf),
    ] {
        let answer = get(&handler, "/", &[("accept", accept)]).await;
        assert_eq!(header(&answer, "content-type"), format.content_type());
        assert_eq!(text(answer).await, format.as_str());
    }
    let answer = get(&handler, "/", &[("accept", "text/plain;version=1.0.0")]).await;
    assert_eq!(
        header(&answer, "content-type"),
        "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"
    );
    let page = registry.to_text();
    for count in [
        r#"metrics_scrapes_total{format="text"} 2"#,
        r#"metrics_scrapes_total{format="openmetrics"} 1"#,
        "metrics_scrape_duration_seconds_count 4",
    ] {
        assert!(page.contains(count), "{count}\n{page}");
    }
}

// H3.
// Mutation: `read` looks at `Accept` first.
#[tokio::test]
async fn the_query_stands_above_accept() {
    let handler = handler();
    let html = [("accept", "text/html,application/openmetrics-text")];
    let answer = get(&handler, "/?format=text", &html).await;
    assert_eq!(header(&answer, "content-type"), Format::Text.content_type());
    let answer = get(&handler, "/?format=openmetrics", &html).await;
    assert_eq!(header(&answer, "content-type"), "text/plain; charset=utf-8");
    let answer = get(&handler, "/?format=openmetrics", &[]).await;
    let open = Format::OpenMetrics.content_type();
    assert_eq!(header(&answer, "content-type"), open);
    let answer = get(&handler, "/?format=xml", &[]).await;
    assert!(
        text(answer)
            .await
            .contains("`text`, `openmetrics`, `protobuf`")
    );
}

// H9.
// Mutation: `encoded` doesn't ask for the least length.
#[tokio::test]
async fn long_pages_are_compressed_on_request() {
    let length = Arc::new(AtomicUsize::new(1024));
    let own = Arc::clone(&length);
    let render = move |_: Wanted<'_>, out: &mut Vec<u8>| {
        out.resize(out.len() + own.load(Ordering::Relaxed), b'a');
        Vec::new()
    };
    let (handler, _) = injected(HandlerOptions::new(), render);
    let gzip = [("accept-encoding", "gzip")];
    let answer = get(&handler, "/", &gzip).await;
    assert_eq!(header(&answer, "content-encoding"), "gzip");
    let mut page = Vec::new();
    let bytes = body(answer).await;
    let mut decoder = flate2::read::GzDecoder::new(&*bytes);
    decoder.read_to_end(&mut page).expect("it is gzip");
    assert_eq!(page, [b'a'; 1024]);
    let answer = get(&handler, "/", &[]).await;
    assert_eq!(header(&answer, "content-encoding"), "");
    assert_eq!(body(answer).await.len(), 1024);
    length.store(1023, Ordering::Relaxed);
    let answer = get(&handler, "/", &gzip).await;
    assert_eq!(header(&answer, "content-encoding"), "");
}

// H9, H14.
// Mutation: `encoded` returns the other buffer, or counts nothing.
#[tokio::test]
async fn a_failed_encoding_falls_back_to_the_page_as_it_is() {
    let registry = registry();
    let mut maker = Maker::new(registry);
    maker.encode = |encoding, _, out| {
        assert_eq!(encoding, Encoding::Gzip);
        out.push(1);
        Err(io::ErrorKind::Other.into())
    };
    let handler = super::of(maker, registry, HandlerOptions::new());
    let answer = get(&handler, "/", &[("accept-encoding", "gzip")]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, "content-encoding"), "");
    assert!(text(answer).await.starts_with("# HELP "));
    let errors = "\nmetrics_exposition_errors_total{cause=\"encoding\"} 1\n";
    assert!(registry.to_text().contains(errors));
}

// H10.
// Mutation: `finished` takes the body before its length.
#[tokio::test]
async fn head_has_the_headers_and_no_body() {
    let render = |_: Wanted<'_>, out: &mut Vec<u8>| {
        out.extend_from_slice(b"a 1\n");
        Vec::new()
    };
    let (handler, _) = injected(HandlerOptions::new(), render);
    for uri in ["/", "/?format=x"] {
        let whole = get(&handler, uri, &[]).await;
        let head = handler.respond(&request(Method::HEAD, uri, &[])).await;
        assert_eq!(head.status(), whole.status());
        assert_eq!(head.headers(), whole.headers());
        assert_ne!(header(&head, "content-length"), "0");
        assert_eq!(body(head).await, "");
    }
    let answer = handler.respond(&request(Method::DELETE, "/", &[])).await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(header(&answer, "allow"), "GET, HEAD");
}

// Mutation: `own` declares its families with every registry.
#[test]
fn only_a_registry_with_a_handler_shows_its_families() {
    let registry = registry();
    assert!(!registry.to_text().contains("metrics_scrape"));
    let _handler = super::new(registry, HandlerOptions::new());
    assert!(
        registry
            .to_text()
            .contains("\nmetrics_scrapes_in_flight 0\n")
    );
}
