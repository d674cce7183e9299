//! Requests and their answers.

use super::encoding::Encoding;
use super::page::Maker;
use super::{Handler, HandlerOptions};
use crate::encode::{Missing, Wanted};
use crate::{Format, Registry};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use std::io::{self, Read as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

type Answer = Response<Full<Bytes>>;

fn registry() -> &'static Registry {
    Box::leak(Box::new(Registry::new()))
}

fn handler() -> Handler {
    Handler::new(registry(), HandlerOptions::new())
}

/// A handler whose pages are written by `render`.
fn injected(
    options: HandlerOptions,
    render: impl Fn(Wanted<'_>, &mut Vec<u8>) -> Vec<Missing> + Send + Sync + 'static,
) -> (Handler, &'static Registry) {
    let registry = registry();
    let mut maker = Maker::new(registry);
    maker.render = Box::new(render);
    (Handler::of(maker, options), registry)
}

fn request(method: Method, uri: &str, headers: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("the request is valid")
}

async fn get(handler: &Handler, uri: &str, headers: &[(&str, &str)]) -> Answer {
    handler.respond(&request(Method::GET, uri, headers)).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

async fn body(answer: Answer) -> Bytes {
    let body = answer.into_body().collect().await;
    body.expect("a whole body doesn't fail").to_bytes()
}

async fn text(answer: Answer) -> String {
    String::from_utf8(body(answer).await.into()).expect("it is text")
}

/// A page that isn't written before the other end is dropped.
fn hung() -> (
    std::sync::mpsc::Sender<()>,
    impl Fn(Wanted<'_>, &mut Vec<u8>) -> Vec<Missing> + Send + Sync + 'static,
) {
    let (sender, receiver) = channel::<()>();
    let receiver = Mutex::new(receiver);
    let render = move |_: Wanted<'_>, _: &mut Vec<u8>| {
        let _ = receiver.lock().expect("nothing panics").recv();
        Vec::new()
    };
    (sender, render)
}

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
    let handler = Handler::of(maker, HandlerOptions::new());
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

// H11.
// Mutation: `write` asks for our sections only.
#[tokio::test]
async fn names_limit_the_page_to_families() {
    let registry = registry();
    let foreign = prometheus::Registry::new();
    let depth = prometheus::IntGauge::new("depth", "Depth.").expect("the name is valid");
    foreign.register(Box::new(depth)).expect("the name is free");
    registry.add_foreign(vec![foreign]);
    registry.counter("a_total", "A.").unwrap().inc();
    registry.gauge("b", "B.").unwrap().set(2.0);
    registry
        .histogram("c_seconds", "C.", &[1.0])
        .unwrap()
        .observe(0.5);
    let handler = Handler::new(registry, HandlerOptions::new());
    let whole = text(get(&handler, "/", &[]).await).await;
    assert!(whole.contains("\nb 2\n") && whole.contains("\ndepth 0\n"));
    let uri = "/?name[]=a&name%5B%5D=c_seconds_bucket&name[]=depth&name[]=none";
    let page = text(get(&handler, uri, &[]).await).await;
    let types = page.lines().filter(|line| line.starts_with("# TYPE "));
    assert_eq!(
        types.collect::<Vec<_>>(),
        [
            "# TYPE a_total counter",
            "# TYPE c_seconds histogram",
            "# TYPE depth gauge"
        ]
    );
    assert!(page.contains("\nc_seconds_count 1\n"), "families are whole");
    assert_eq!(text(get(&handler, "/?name[]=", &[]).await).await, "");
    let again = text(get(&handler, "/", &[]).await).await;
    assert!(again.contains("\nb 2\n"));
}

// H11, H15.
// Mutation: `read` ignores what `Query::parse` refuses.
#[tokio::test]
async fn queries_have_limits() {
    let handler = handler();
    for query in [
        "x".repeat(60_000) + "&" + &"y".repeat(5_536),
        "name[]=a&".repeat(1_024),
        "name[]=%ff".to_owned(),
    ] {
        let uri = format!("/?{query}");
        let Ok(uri) = uri.parse::<http::Uri>() else {
            // The `http` crate has a limit of its own, just below.
            assert!(uri.len() > 65_000);
            continue;
        };
        let answer = get(&handler, &uri.to_string(), &[]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(text(answer).await.ends_with('\n'));
    }
}

// H12.
// Mutation: `answer` lets the permit go before the body is dropped.
#[tokio::test]
async fn too_many_requests_in_flight_are_refused() {
    let handler = Handler::new(registry(), HandlerOptions::new().max_in_flight(1));
    let first = get(&handler, "/", &[]).await;
    let second = get(&handler, "/", &[]).await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&second, "retry-after"), "1");
    assert!(text(second).await.contains("too many requests"));
    drop(first);
    let third = get(&handler, "/", &[]).await;
    assert_eq!(third.status(), StatusCode::OK);
    let head = handler.respond(&request(Method::HEAD, "/", &[])).await;
    assert_eq!(head.status(), StatusCode::SERVICE_UNAVAILABLE);
    drop(third);
    let page = text(get(&handler, "/", &[]).await).await;
    assert!(page.contains("\nmetrics_scrapes_in_flight 1\n"), "{page}");
}

// H12, H13.
// Mutation: `answer` takes the maximum for the scraper's timeout.
#[tokio::test]
async fn a_hung_page_is_answered_in_the_time_of_the_scraper() {
    let (release, render) = hung();
    let (handler, registry) = injected(HandlerOptions::new(), render);
    let hurry = [("x-prometheus-scrape-timeout-seconds", "0.02")];
    let begun = Instant::now();
    for uri in ["/", "/", "/?name[]=a"] {
        let answer = get(&handler, uri, &hurry).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(text(answer).await.contains("in time"));
    }
    assert!(begun.elapsed() < Duration::from_secs(9), "not our maximum");
    let errors = "\nmetrics_exposition_errors_total{cause=\"gathering\"} 3\n";
    assert!(registry.to_text().contains(errors));
    drop(release);
    let answer = get(&handler, "/", &[]).await;
    assert_eq!(answer.status(), StatusCode::OK, "it goes on afterwards");
}

// H13, H15.
// Mutation: `answer` doesn't clamp, or garbage counts as zero.
#[tokio::test]
async fn the_timeout_is_clamped_and_garbage_ignored() {
    let (release, render) = hung();
    let options = HandlerOptions::new().timeout(Duration::from_millis(20));
    let (handler, _) = injected(options, render);
    let begun = Instant::now();
    for timeout in ["1e300", "60", "-1", "0", "NaN", "inf", "x", ""] {
        let headers = [("x-prometheus-scrape-timeout-seconds", timeout)];
        let answer = get(&handler, "/", &headers).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "not the scraper's"
    );
    drop(release);
    let (handler, _) = injected(
        HandlerOptions::new().timeout(Duration::MAX),
        |_: Wanted<'_>, _: &mut Vec<u8>| Vec::new(),
    );
    for timeout in ["-1", "0", "NaN", "x", "1e300"] {
        let headers = [("x-prometheus-scrape-timeout-seconds", timeout)];
        let answer = get(&handler, "/", &headers).await;
        assert_eq!(answer.status(), StatusCode::OK, "{timeout}");
    }
}

// H14.
// Mutation: `answer` doesn't ask whether the handler is strict.
#[tokio::test]
async fn missing_collectors_are_named() {
    let render = |_: Wanted<'_>, out: &mut Vec<u8>| {
        out.extend_from_slice(b"a 1\n");
        vec![Missing {
            collector: "disk\r\nä".to_owned(),
            reason: "it hangs".to_owned(),
        }]
    };
    let (handler, registry) = injected(HandlerOptions::new(), render);
    let page = registry.to_text();
    for cause in ["gathering", "encoding"] {
        let zero = format!("\nmetrics_exposition_errors_total{{cause=\"{cause}\"}} 0\n");
        assert!(page.contains(&zero), "{page}");
    }
    let answer = get(&handler, "/", &[]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, "x-metrics-missing"), "disk???");
    let errors = "\nmetrics_exposition_errors_total{cause=\"gathering\"} 1\n";
    assert!(registry.to_text().contains(errors));
    let (handler, _) = injected(HandlerOptions::new().strict(true), render);
    let answer = get(&handler, "/", &[]).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text(answer).await.contains("ä: it hangs"));
}

// H15.
// Mutation: `make` doesn't catch panics.
#[tokio::test]
async fn a_panic_is_an_answer() {
    let (handler, registry) = injected(HandlerOptions::new(), |_: Wanted<'_>, _: &mut Vec<u8>| {
        panic!("on purpose")
    });
    for uri in ["/", "/", "/?name[]=a"] {
        let answer = get(&handler, uri, &[]).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
    let errors = "\nmetrics_exposition_errors_total{cause=\"encoding\"} 3\n";
    assert!(registry.to_text().contains(errors));
}

// H15.
// Mutation: `read` unwraps the path's query.
#[tokio::test]
async fn odd_uris_are_answered() {
    let handler = handler();
    for uri in [
        "*",
        "example.org:80",
        "/?",
        "/?&&&",
        "http://a/?%",
        "/..//%00",
    ] {
        let answer = get(&handler, uri, &[("accept", ";;q=,\"")]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{uri}");
    }
}

// Mutation: `join` takes the page that is being made.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_requests_share_few_pages_and_see_what_came_before() {
    let pages = Arc::new(AtomicUsize::new(0));
    let registry = registry();
    let seen = registry.counter("seen_total", "Seen.").unwrap();
    let mut maker = Maker::new(registry);
    let made = Arc::clone(&pages);
    maker.render = Box::new(move |_, out| {
        made.fetch_add(1, Ordering::Relaxed);
        let value = seen.get();
        // As long as a page of some thousand series takes.
        std::thread::sleep(Duration::from_millis(2));
        out.extend_from_slice(value.to_string().as_bytes());
        Vec::new()
    });
    let handler = Handler::of(maker, HandlerOptions::new().max_in_flight(2_000));
    let requests: Vec<_> = (0..1_000)
        .map(|_| {
            let handler = handler.clone();
            tokio::spawn(async move {
                seen.inc();
                let before = seen.get();
                let answer = get(&handler, "/", &[]).await;
                let value: u64 = text(answer).await.parse().expect("it is a number");
                assert!(value >= before, "{value} < {before}");
            })
        })
        .collect();
    for request in requests {
        request.await.expect("it doesn't panic");
    }
    let pages = pages.load(Ordering::Relaxed);
    assert!(pages < 250, "{pages} pages");
}

// Mutation: `run` asks for more than one receiver.
#[tokio::test]
async fn those_who_go_stall_nobody() {
    let (release, render) = hung();
    let (handler, _) = injected(HandlerOptions::new(), render);
    let start = || {
        let handler = handler.clone();
        tokio::spawn(async move { get(&handler, "/", &[]).await.status() })
    };
    let gone: Vec<_> = (0..10).map(|_| start()).collect();
    let stays = start();
    tokio::task::yield_now().await;
    for request in gone {
        request.abort();
    }
    drop(release);
    assert_eq!(stays.await.expect("it isn't aborted"), StatusCode::OK);
}

// Mutation: `own` declares its families with every registry.
#[test]
fn only_a_registry_with_a_handler_shows_its_families() {
    let registry = registry();
    assert!(!registry.to_text().contains("metrics_scrape"));
    let _handler = Handler::new(registry, HandlerOptions::new());
    assert!(
        registry
            .to_text()
            .contains("\nmetrics_scrapes_in_flight 0\n")
    );
}
