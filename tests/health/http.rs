//! A real HTTP service that is depended on.

use super::service::{PATIENT, Service, metrics, runtime};
use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::get;
use metrics_runtime::health::ready;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a check of this address says first.
fn asked(address: &str) -> (String, String) {
    let service = Service::start(|health| {
        let check = ready::http("search", address).expect("the address is valid");
        let check = check.timeout(PATIENT);
        health.add(check).expect("the check is valid");
    });
    service.check("search")
}

// S17. Mutations: a redirect is followed; any status is up.
#[test]
fn the_status_decides_and_no_redirect_is_followed() {
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    let app = Router::new()
        .route("/ok", get(|| async { "x".repeat(100_000) }))
        .route("/none", get(|| async { StatusCode::NO_CONTENT }))
        .route("/away", get(|| async { Redirect::temporary("/target") }))
        .route("/down", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route(
            "/target",
            get(move || async move {
                counted.fetch_add(1, Ordering::SeqCst);
            }),
        );
    let depended_on = Service::of(metrics(), runtime(), app);
    let address = depended_on.address;
    for (path, status, message) in [
        ("/ok", "up", ""),
        ("/none?a=b", "up", ""),
        ("/away", "down", "it answers 307"),
        ("/down", "down", "it answers 503"),
        ("/missing", "down", "it answers 404"),
    ] {
        let expected = (status.to_owned(), message.to_owned());
        assert_eq!(
            asked(&format!("http://{address}{path}")),
            expected,
            "{path}"
        );
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

/// A server that answers its first request with this, and goes on as long as it is
/// read.
fn answers(text: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        let _ = stream.read(&mut [0; 1_024])?;
        // Until it is closed.
        while stream.write_all(text.as_bytes()).is_ok() {}
        Ok::<(), std::io::Error>(())
    });
    format!("http://{address}/")
}

// S18. Mutation: what is read isn't limited, and a service that never ends its line costs
// memory until the timeout.
#[test]
fn what_is_no_http_is_down_after_a_kilobyte() {
    for (text, message) in [
        ("x", "no line ends in its first 1024 bytes"),
        ("220 mail ready\r\n", "it doesn't speak HTTP"),
        ("HTTP/1.1 2000 OK\r\n", "it doesn't speak HTTP"),
        ("HTTP/1.1 abc OK\r\n", "it doesn't speak HTTP"),
    ] {
        let expected = ("down".to_owned(), message.to_owned());
        assert_eq!(asked(&answers(text)), expected, "{text}");
    }
    assert_eq!(asked(&answers("HTTP/1.0 200 OK\r\n")).0, "up");
}
