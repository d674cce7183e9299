//! Servers that don't say who asks.

use crate::app::{answer, is_through, metrics, open, request, sample};
use crate::diagnostic::{hear, told};
use crate::raw::{Servers, ask};
use axum::Router;
use axum::http::StatusCode;
use metrics_runtime::Access;

// The server of the README. Mutation: no connection is found, or all are taken for
// remote.
#[cfg(target_os = "linux")]
#[test]
fn loopback_is_let_in_where_no_connection_is_remote() {
    let servers = Servers::new();
    let metrics = metrics(Access::new());
    let app = Router::new().nest_service("/metrics", metrics.router());
    let address = servers.serve_unaware(app);
    for _ in 0..10 {
        let answer = ask(address, "GET", "/metrics", "");
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let denied = "metrics_access_denied_total{reason=\"unknown_peer\"}";
    assert!(sample(&metrics, denied).abs() < f64::EPSILON);
}

// As tests of an application ask it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_request_without_a_connection_is_let_in() {
    let app = metrics(Access::new()).router::<()>();
    let response = answer(&app, request(None, "/", &[])).await;
    assert_eq!(response.status(), StatusCode::OK);
}

// Mutations: the proof is asked for under a list, or though there is a proxy; it is told
// each time.
#[tokio::test]
async fn a_list_needs_to_know_who_asks_and_says_so_once() {
    hear();
    let everywhere = Access::new()
        .allow("0.0.0.0/0")
        .and_then(|it| it.allow("::/0"));
    let proxy = Access::new().trust_proxy("127.0.0.1");
    for (nth, access) in [everywhere, proxy].into_iter().enumerate() {
        let metrics = metrics(access.expect("they are networks"));
        let app = open(&metrics);
        for _ in 0..3 {
            let response = answer(&app, request(None, "/", &[])).await;
            assert_eq!(response.status(), StatusCode::FORBIDDEN);
        }
        let denied = "metrics_access_denied_total{reason=\"unknown_peer\"}";
        assert!((sample(&metrics, denied) - 3.0).abs() < f64::EPSILON);
        assert_eq!(told(), nth + 1);
    }
}

#[tokio::test]
async fn a_token_needs_no_address() {
    let app = open(&metrics(Access::new().token("s3cret-token")));
    let right = [crate::app::header("authorization", "bearer s3cret-token")];
    assert!(is_through(&answer(&app, request(None, "/", &right)).await));
    let response = answer(&app, request(None, "/", &[])).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}
