//! When the user's authoriser is asked: it may cost a look into a database.

use crate::app::{sample, with_endpoints};
use crate::raw::{self, Servers, ask};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use metrics_runtime::{Access, Endpoints, Metrics};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tower::ServiceExt as _;

/// A set-up whose authoriser counts its calls and always says the same.
fn counting(answer: bool) -> (Metrics, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let access = Access::new().authorizer(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move { answer }
    });
    (with_endpoints(access, Endpoints::all()), calls)
}

fn statuses(address: SocketAddr, method: &str, path: &str) -> Vec<u16> {
    let asked = (0..15).map(|_| ask(address, method, path, "").status);
    asked.collect()
}

// S25. Mutation: `identify` doesn't ask whether the caller is throttled.
#[test]
fn a_throttled_caller_costs_no_question() {
    let servers = Servers::new();
    let mut expected = vec![401; 10];
    expected.extend([429; 5]);
    for (method, path) in [("GET", "/metrics"), ("POST", "/metrics/increment")] {
        let (metrics, calls) = counting(false);
        let address = servers.serve(metrics.mount(Router::new()));
        assert_eq!(statuses(address, method, path), expected, "{path}");
        assert_eq!(calls.load(Ordering::SeqCst), 10, "{path}");
        let denied = |reason| {
            let series = format!("metrics_access_denied_total{{reason=\"{reason}\"}}");
            sample(&metrics, &series)
        };
        let counted = [denied("authorizer"), denied("throttled")];
        assert!((counted[0] - 10.0).abs() < f64::EPSILON, "{counted:?}");
        assert!((counted[1] - 5.0).abs() < f64::EPSILON, "{counted:?}");
    }
    let (metrics, calls) = counting(false);
    let listener = raw::listen(&metrics);
    assert_eq!(statuses(listener, "GET", "/metrics"), expected);
    assert_eq!(calls.load(Ordering::SeqCst), 10);
}

// Mutation: the guard marks nobody, so that the endpoint asks again.
#[test]
fn a_request_is_one_question() {
    let servers = Servers::new();
    let (metrics, calls) = counting(true);
    let plain = servers.serve(metrics.mount(Router::new()));
    // The guard stands there twice.
    let twice = metrics.mount::<()>(Router::new()).layer(metrics.guard());
    let twice = servers.serve(twice);
    let body = r#"{"metric":"custom_metric_current","labels":{"type":"a"}}"#;
    // Behind it comes the end of the line.
    let length = body.len() + 2;
    let increment =
        format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
    let mut asked = 0;
    for address in [plain, twice] {
        for (method, path, headers) in [
            ("POST", "/metrics/increment", increment.as_str()),
            ("GET", "/metrics", ""),
            ("GET", "/metrics/status", ""),
            ("GET", "/metrics/api", ""),
        ] {
            let answer = ask(address, method, path, headers);
            assert_eq!(answer.status, 200, "{}", answer.text);
            asked += 1;
            assert_eq!(calls.load(Ordering::SeqCst), asked, "{method} {path}");
        }
    }
    let current = sample(&metrics, "custom_metric_current{type=\"a\"}");
    assert!((current - 2.0).abs() < f64::EPSILON, "{current}");
}

// S25. Mutation: `identify` holds those whose address isn't known, who share a count.
#[test]
fn callers_whose_address_is_not_known_keep_nobody_from_being_asked_about() {
    let access =
        Access::new().authorizer(|parts| async move { parts.headers.contains_key("x-superuser") });
    let app = with_endpoints(access, Endpoints::all()).mount(Router::new());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("it starts");
    let status = |header: &str| {
        let request = Request::get("/metrics").header(header, "yes");
        let request = request.body(Body::empty()).expect("it is valid");
        let answer = runtime.block_on(app.clone().oneshot(request));
        answer.expect("a router answers").status().as_u16()
    };
    let mut guessed = vec![401; 10];
    guessed.extend([429; 5]);
    assert_eq!([(); 15].map(|()| status("x-guess")).to_vec(), guessed);
    assert_eq!(status("x-superuser"), 200);
}
