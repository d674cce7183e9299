//! What is asked of the router and of the listener, whatever it is, isn't
//! answered with another address.

#![cfg(feature = "listener")]

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Uri};
use metrics_runtime::{Metrics, Registry};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;
use tower::ServiceExt as _;

/// Targets that make others send a client away: to a path with a slash more or
/// less, to a path without dots, or to what looks like another host.
const TARGETS: [&str; 16] = [
    "/",
    "/metrics",
    "/metrics/",
    "/metrics//",
    "//evil.example",
    "//evil.example/metrics",
    "/metrics//evil.example/..",
    "/metrics/../..//evil.example/%2e%2e",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/\\evil.example",
    "/metrics?next=//evil.example",
    "/metrics/?name[]=//evil.example&format=//evil.example",
    "http://evil.example/",
    "http://evil.example//metrics/",
    "*",
];

fn metrics() -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("nothing is wrong")
}

// H16. Mutation: the router sends what it doesn't know to its own path.
#[tokio::test]
async fn the_router_redirects_nobody() {
    let metrics = metrics();
    let apps = [
        metrics.router(),
        Router::new().nest_service("/metrics", metrics.router()),
        Router::new().nest("/metrics", metrics.router()),
    ];
    for target in TARGETS {
        let Ok(uri) = target.parse::<Uri>() else {
            assert!(target.contains('\\'), "{target} is no URI");
            continue;
        };
        for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS] {
            for app in &apps {
                let request = Request::builder().method(&method).uri(&uri);
                let request = request.header("host", "evil.example");
                let request = request.body(Body::empty()).expect("it is valid");
                let answer = app.clone().oneshot(request).await;
                let answer = answer.expect("routers don't fail");
                assert!(!answer.status().is_redirection(), "{method} {target}");
                for header in ["location", "content-location", "refresh"] {
                    assert!(!answer.headers().contains_key(header), "{header} {target}");
                }
            }
        }
    }
}

// H16. Mutation: what isn't found has moved.
#[test]
fn the_listener_redirects_nobody() {
    let server = metrics().serve("127.0.0.1:0").expect("a port is free");
    for target in TARGETS {
        for method in ["GET", "HEAD", "POST", "CONNECT"] {
            let mut stream = TcpStream::connect(server.local_addr()).expect("it listens");
            let limit = Some(Duration::from_secs(30));
            stream.set_read_timeout(limit).expect("it isn't zero");
            let request = format!(
                "{method} {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(request.as_bytes()).expect("it is read");
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).expect("it is answered");
            let answer = String::from_utf8_lossy(&answer).to_ascii_lowercase();
            let head = answer.split("\r\n\r\n").next().unwrap_or_default();
            let redirects = head.starts_with("http/1.1 3") || head.contains("\r\nlocation:");
            assert!(!redirects, "{method} {target}\n{head}");
            assert!(head.starts_with("http/1.1 "), "{method} {target}\n{head}");
        }
    }
    server.shutdown();
}
