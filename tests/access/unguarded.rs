//! Nothing answers unguarded, however it is mounted and asked for.

use crate::app::with_endpoints;
use crate::endpoint::ENDPOINTS;
use crate::path::forms;
use crate::raw::{Answer, Servers, ask, listen};
use crate::seed::is_long;
use axum::Router;
use metrics_runtime::{Access, Endpoints, Metrics};
use std::collections::BTreeSet;
use std::net::SocketAddr;

const TOKEN: &str = "47d1c1c1a3b0e5d0";

/// Where the router is, by depth and way of nesting: nothing else is served, so that
/// whatever succeeds came from it.
fn mounts(servers: &Servers, metrics: &Metrics) -> Vec<(&'static str, &'static str, SocketAddr)> {
    let router = || metrics.router::<()>();
    let inner = || Router::new().nest("/metrics", router());
    let inner_service = || Router::new().nest_service("/metrics", router());
    let app = Router::new;
    let apps: [(&str, &str, Router); 9] = [
        ("the router itself", "", router()),
        ("merged", "", app().merge(router())),
        ("nest", "/metrics", inner()),
        ("nest_service", "/metrics", inner_service()),
        ("mount", "/metrics", metrics.mount(app())),
        ("nest in nest", "/v1/metrics", app().nest("/v1", inner())),
        (
            "nest_service in nest",
            "/v1/metrics",
            app().nest("/v1", inner_service()),
        ),
        (
            "nest in nest_service",
            "/v1/metrics",
            app().nest_service("/v1", inner()),
        ),
        (
            "nest_service in nest_service",
            "/v1/metrics",
            app().nest_service("/v1", inner_service()),
        ),
    ];
    let mut mounts: Vec<_> = apps
        .into_iter()
        .map(|(name, path, app)| (name, path, servers.serve(app)))
        .collect();
    mounts.push(("the listener", "/metrics", listen(metrics)));
    mounts
}

/// Headers that let nobody in.
fn bad_headers() -> Vec<String> {
    let lines = [
        String::new(),
        "Authorization: Bearer 0000000000000000\r\n".to_owned(),
        format!("Authorization: Bearer {TOKEN}x\r\n"),
        "Authorization: Bearer\r\n".to_owned(),
        "Authorization: Bearer \r\n".to_owned(),
        format!("Authorization: Basic {TOKEN}\r\n"),
        format!("Authorization: {TOKEN}\r\n"),
        format!("Authorization: Bearer  {TOKEN}\r\n"),
        format!("Authorization: Bearer\t{TOKEN}\r\n"),
        format!("Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer {TOKEN}\r\n"),
        format!("Authorization: Bearer {TOKEN}\r\nX-Metrics-Token: other\r\n"),
        format!("Authorization: Bearer {TOKEN}, Bearer {TOKEN}\r\n"),
        "X-Metrics-Token:\r\n".to_owned(),
        "X-Metrics-Token: other\r\n".to_owned(),
        format!("X-Metrics-Token: {TOKEN}\r\nX-Metrics-Token: {TOKEN}\r\n"),
        format!("Cookie: token={TOKEN}\r\n"),
        format!("Proxy-Authorization: Bearer {TOKEN}\r\n"),
        "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\n".to_owned(),
        "Forwarded: for=127.0.0.1\r\nX-Original-URL: /\r\nX-Rewrite-URL: /\r\n".to_owned(),
    ];
    lines.into()
}

// S7, S8. Mutations: `Handler::router` adds its layer before the fallback, or by
// `route_layer`; the listener admits after it has looked at the path.
#[test]
fn no_way_to_write_a_request_gets_by() {
    let servers = Servers::new();
    let metrics = with_endpoints(Access::new().token(TOKEN), Endpoints::all());
    let right = format!("Authorization: Bearer {TOKEN}\r\n");
    let (mut turn, mut cases, mut opened) = (0_usize, 0_usize, BTreeSet::new());
    for (mount, prefix, address) in mounts(&servers, &metrics) {
        for endpoint in ENDPOINTS {
            let path = format!("{prefix}{endpoint}");
            let path = if path.is_empty() {
                "/".to_owned()
            } else {
                path
            };
            for form in forms(&path) {
                let with = ask(address, "GET", &form, &right);
                if with.is_success() {
                    opened.insert((mount, form.clone()));
                }
                for (nth, headers) in bad_headers().iter().enumerate() {
                    turn += 1;
                    // In short runs the others take turns: a few for each form.
                    if !is_long() && turn % 16 > 0 {
                        continue;
                    }
                    let method = match (nth + cases) % 10 {
                        0 => "HEAD",
                        1 => "POST",
                        2 => "OPTIONS",
                        _ => "GET",
                    };
                    let without = ask(address, method, &form, headers);
                    let case = format!("{mount}: {method} {form}\n{headers}{}", without.text);
                    assert!(!without.is_success(), "{case}");
                    // What only the router answers, it refuses to answer.
                    assert!(!with.is_success() || without.is_refusal(), "{case}");
                    cases += 1;
                }
            }
        }
    }
    println!("{cases} requests without a credential, none got by");
    assert!(cases >= 500);
    // The router is there, with and without slash, wherever it was mounted.
    let mounts: BTreeSet<_> = opened.iter().map(|(mount, _)| *mount).collect();
    assert_eq!(mounts.len(), 10, "{opened:?}");
    assert!(opened.contains(&("nest_service", "/metrics/".to_owned())));
}

/// An answer without what differs from one to the next.
fn timeless(answer: &Answer) -> Vec<&str> {
    let lines = answer.text.lines();
    lines.filter(|line| !line.starts_with("date: ")).collect()
}

// S7. Mutation: the router has no fallback of its own.
#[test]
fn what_is_not_there_is_not_told_to_those_who_may_not_know() {
    let servers = Servers::new();
    let metrics = with_endpoints(Access::new().token(TOKEN), Endpoints::all());
    let right = format!("X-Metrics-Token: {TOKEN}\r\n");
    for (mount, prefix, address) in mounts(&servers, &metrics) {
        for below in ["/nothing", "/env", "/heapdump", "/a/b/c", "/%2e"] {
            let path = format!("{prefix}{below}");
            let with = ask(address, "GET", &path, &right);
            assert_eq!(with.status, 404, "{mount}: {path}");
            let without = ask(address, "GET", &path, "");
            if mount == "nest in nest" {
                // axum drops the fallback of a router within a router without one: the
                // application answers, with and without a credential as anywhere else.
                let elsewhere = ask(address, "GET", "/elsewhere", "");
                assert_eq!(timeless(&without), timeless(&elsewhere));
                assert_eq!(timeless(&with), timeless(&elsewhere));
            } else {
                assert!(without.is_refusal(), "{mount}: {path}\n{}", without.text);
            }
        }
    }
}
