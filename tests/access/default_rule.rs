//! What there is without any settings.

use crate::app::{answer, ask, header, is_through, metrics, open, request, sample};
use axum::http::StatusCode;
use metrics_runtime::Access;

// S8. Mutation: the default lets everyone in.
#[tokio::test]
async fn those_who_are_near_are_let_in_and_nobody_else() {
    let metrics = metrics(Access::new());
    let app = open(&metrics);
    for near in [
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "10.1.2.3",
        "172.20.0.1",
        "192.168.178.20",
        "169.254.169.254",
        "fd12::1",
        "fe80::1",
        "::ffff:10.0.0.1",
    ] {
        assert!(is_through(&ask(&app, near, &[]).await), "{near}");
    }
    for far in [
        "8.8.8.8",
        "172.32.0.1",
        "100.64.0.1",
        "2001:db8::1",
        "::ffff:8.8.8.8",
        "0.0.0.0",
        "::",
        "2002:7f00:1::1",
        "64:ff9b::7f00:1",
    ] {
        let response = ask(&app, far, &[header("authorization", "Bearer anything")]).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{far}");
    }
    let denied = "metrics_access_denied_total{reason=\"address\"}";
    assert!((sample(&metrics, denied) - 9.0).abs() < f64::EPSILON);
}

// S8. The page is all there is: nothing about the machine, and nothing that changes
// anything. Whoever adds an endpoint to the default adds it here.
#[tokio::test]
async fn the_router_serves_the_page_alone() {
    let app = metrics(Access::new()).router::<()>();
    let near = Some("127.0.0.1".parse().expect("an address"));
    let mut served = Vec::new();
    for path in [
        "/",
        "/status",
        "/api",
        "/api/",
        "/analytics",
        "/system",
        "/increment",
        "/admin",
        "/history",
        "/prometheus-config",
        "/openapi.json",
        "/docs",
        "/health",
        "/liveness",
        "/readiness",
        "/env",
        "/config",
        "/heapdump",
        "/heap",
        "/threaddump",
        "/debug/pprof",
        "/actuator",
        "/actuator/env",
        "/shutdown",
        "/reload",
        "/quit",
        "/logs",
        "/metrics",
        "/beans",
        "/mappings",
        "/trace",
        "/profile",
        "/push",
        "/write",
        "/static/x.js",
    ] {
        let response = answer(&app, request(near, path, &[])).await;
        if response.status() != StatusCode::NOT_FOUND {
            served.push(path);
        }
    }
    assert_eq!(served, ["/"]);
}

#[tokio::test]
async fn any_setting_replaces_the_default() {
    let list = || {
        Access::new()
            .allow("192.0.2.0/24")
            .expect("it is a network")
    };
    let token = || header("x-metrics-token", "s3cret-token");
    for (access, near, listed, with_token) in [
        (Access::new().token("s3cret-token"), false, false, true),
        (list(), false, true, false),
        (list().token("s3cret-token"), false, true, true),
        (
            Access::new().authorizer(|_| async { false }),
            false,
            false,
            false,
        ),
        (list().authorizer(|_| async { false }), false, true, false),
        (
            Access::new().authorizer(|_| async { true }),
            true,
            true,
            true,
        ),
        (Access::new().everyone(), true, true, true),
        (list().token("other").everyone(), true, true, true),
        (
            Access::new().trust_proxy("192.0.2.1").expect("an address"),
            true,
            false,
            false,
        ),
    ] {
        let shown = format!("{access:?}");
        let app = open(&metrics(access));
        assert_eq!(
            is_through(&ask(&app, "127.0.0.1", &[]).await),
            near,
            "{shown}"
        );
        assert_eq!(
            is_through(&ask(&app, "192.0.2.9", &[]).await),
            listed,
            "{shown}"
        );
        let response = ask(&app, "203.0.113.9", &[token()]).await;
        assert_eq!(is_through(&response), with_token, "{shown}");
    }
}
