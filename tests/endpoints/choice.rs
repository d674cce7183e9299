//! What there is under which choice.

use crate::service::Service;
use metrics_runtime::Endpoints;

const PATHS: [&str; 13] = [
    "/metrics",
    "/metrics/status",
    "/metrics/api",
    "/metrics/analytics",
    "/metrics/system",
    "/metrics/increment",
    "/metrics/prometheus-config",
    "/metrics/openapi.json",
    "/metrics/health",
    "/metrics/env",
    "/metrics/heapdump",
    "/status",
    "/api",
];

fn served(service: &Service) -> Vec<&'static str> {
    let found = |path: &&str| service.get(path).status != 404;
    PATHS.into_iter().filter(found).collect()
}

// S8. Mutation: `Endpoints::default` turns one on.
#[test]
fn the_default_is_the_page_alone() {
    assert_eq!(served(&Service::start(Endpoints::default())), ["/metrics"]);
    let with_token = Service::start_with_token(Endpoints::default());
    assert_eq!(served(&with_token), ["/metrics"]);
}

// S8. Mutation: the mutating route is there without access control.
#[test]
fn all_are_those_that_are_read_until_callers_are_told_apart() {
    let mut expected = vec![
        "/metrics",
        "/metrics/status",
        "/metrics/api",
        "/metrics/analytics",
        "/metrics/system",
        "/metrics/prometheus-config",
        "/metrics/openapi.json",
    ];
    assert_eq!(served(&Service::start(Endpoints::all())), expected);
    expected.insert(5, "/metrics/increment");
    let with_token = Service::start_with_token(Endpoints::all());
    assert_eq!(served(&with_token), expected);
}

// S7, for paths that another server might take for the same. Mutation: a route is found
// by a path whose dots are resolved.
#[test]
fn other_spellings_of_a_path_are_other_paths() {
    let service = Service::start(Endpoints::all().status(false).exposition(false));
    assert!(service.ask_raw("/metrics/api").starts_with("HTTP/1.1 200 "));
    for path in [
        "/metrics//api",
        "/metrics/./api",
        "/metrics/%61pi",
        "/metrics/api//",
        "/metrics/api;x",
        "/metrics/API",
        "/metrics/api%2f",
        "/metrics/x/../api",
        "/metrics/status",
        "/metrics",
    ] {
        let head = service.ask_raw(path);
        assert!(head.starts_with("HTTP/1.1 404 "), "{path}: {head}");
    }
}
