//! What is served under which choice, and what is refused.

use super::router::mounted;
use crate::http::Unmeasured;
use crate::http::listening::{Door, Listening};
use crate::{Access, Endpoints, Metrics, Registry};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::uri::Scheme;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tower::ServiceExt as _;

const TOKEN: &str = "6f1d0b7c2e9a4853";

/// All endpoints of a registry of their own.
fn app(endpoints: Endpoints, may_mutate: bool) -> (Router, Metrics) {
    let registry: &'static Registry = Box::leak(Box::default());
    let access = if may_mutate {
        Access::new().token(TOKEN)
    } else {
        Access::new()
    };
    let metrics = Metrics::builder().registry(registry).access(access).build();
    let metrics = metrics.expect("the tests' sites agree");
    let router = mounted(|| metrics.handler().page(), &metrics, endpoints, may_mutate);
    (Router::new().nest("/metrics", router), metrics)
}

async fn send(app: &Router, request: Request<Body>) -> (Response<()>, Vec<u8>) {
    let response = app.clone().oneshot(request).await;
    let response = response.expect("routers don't fail");
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await;
    let body = body.expect("it is complete").to_vec();
    (Response::from_parts(head, ()), body)
}

async fn ask(app: &Router, method: Method, path: &str) -> (Response<()>, Value) {
    let request = Request::builder().method(method).uri(path);
    let request = request.body(Body::empty()).expect("it is valid");
    let (head, body) = send(app, request).await;
    let value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    (head, value)
}

async fn status(app: &Router, path: &str) -> StatusCode {
    ask(app, Method::GET, path).await.0.status()
}

const ROUTES: [&str; 5] = [
    "/status",
    "/api",
    "/analytics",
    "/prometheus-config",
    "/openapi.json",
];

/// What turns an endpoint on or off.
type Switch = fn(Endpoints, bool) -> Endpoints;

const SWITCHES: [Switch; 5] = [
    Endpoints::status,
    Endpoints::api,
    Endpoints::analytics,
    Endpoints::prometheus_config,
    Endpoints::openapi,
];

// S8. Mutation: `extended` mounts all.
#[tokio::test]
async fn the_default_is_the_page_alone() {
    let (app, _) = app(Endpoints::default(), true);
    assert_eq!(status(&app, "/metrics").await, StatusCode::OK);
    for path in ROUTES.iter().chain(&["/increment", "/system", "/health"]) {
        let path = format!("/metrics{path}");
        assert_eq!(status(&app, &path).await, StatusCode::NOT_FOUND, "{path}");
    }
}

// S8. Mutation: a route's bit isn't looked at.
#[tokio::test]
async fn each_is_turned_on_and_off_by_itself() {
    for (path, switch) in ROUTES.iter().zip(SWITCHES) {
        let (alone, _) = app(switch(Endpoints::default(), true), false);
        let (without, _) = app(switch(Endpoints::all(), false), true);
        for other in ROUTES {
            let expected = |on| {
                if on {
                    StatusCode::OK
                } else {
                    StatusCode::NOT_FOUND
                }
            };
            for slash in ["", "/"] {
                let at = format!("/metrics{other}{slash}");
                let own = other == *path;
                assert_eq!(status(&alone, &at).await, expected(own), "{at} alone");
                assert_eq!(status(&without, &at).await, expected(!own), "{at} without");
            }
        }
    }
    let (page, _) = app(Endpoints::all().exposition(false), false);
    assert_eq!(status(&page, "/metrics").await, StatusCode::NOT_FOUND);
}

// S8: what changes something isn't there until callers are told apart.
// Mutation: `routes` doesn't look at `may_mutate`.
#[tokio::test]
async fn nothing_is_recorded_by_anybody_without_access_control() {
    let (closed, metrics) = app(Endpoints::all(), super::access::may_mutate(&test_metrics()));
    let body = r#"{"metric":"custom_metric_current","labels":{"type":"a"}}"#;
    let (head, _) = send(&closed, increment(body)).await;
    assert_eq!(head.status(), StatusCode::NOT_FOUND);
    assert!(!metrics.to_text().contains("custom_metric"));
    let (open, metrics) = app(Endpoints::all(), true);
    assert_eq!(
        send(&open, increment(body)).await.0.status(),
        StatusCode::OK
    );
    assert!(
        metrics
            .to_text()
            .contains("custom_metric_current{type=\"a\"} 1\n")
    );
}

fn test_metrics() -> Metrics {
    let registry: &'static Registry = Box::leak(Box::default());
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("the tests' sites agree")
}

fn increment(body: impl Into<Body>) -> Request<Body> {
    let request = Request::post("/metrics/increment")
        .header("content-type", "application/json")
        .header("x-metrics-token", TOKEN);
    request.body(body.into()).expect("it is valid")
}

// S24, and S11: nothing is HTML, or can be taken for it. Mutation: `into_response` leaves
// out one of the headers.
#[tokio::test]
async fn every_answer_has_its_headers_and_is_not_recorded() {
    let (app, _) = app(Endpoints::all(), true);
    let mut cases = Vec::new();
    for path in ROUTES
        .iter()
        .chain(&["/nothing", "/status/x", "/api?x=1", "/increment"])
    {
        for method in [Method::GET, Method::HEAD, Method::DELETE] {
            cases.push((method, format!("/metrics{path}")));
        }
    }
    for (method, path) in cases {
        let (head, value) = ask(&app, method.clone(), &path).await;
        let header = |name| head.headers().get(name).and_then(|it| it.to_str().ok());
        assert_eq!(header("cache-control"), Some("no-store"), "{method} {path}");
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert!(head.extensions().get::<Unmeasured>().is_some());
        assert!(header("server").is_none());
        let yaml = path.ends_with("config") && head.status() == StatusCode::OK;
        let expected = if yaml {
            "application/yaml"
        } else {
            "application/json"
        };
        assert_eq!(header("content-type"), Some(expected), "{method} {path}");
        if head.status() == StatusCode::METHOD_NOT_ALLOWED {
            let allow = if path.ends_with("increment") {
                "POST"
            } else {
                "GET, HEAD"
            };
            assert_eq!(header("allow"), Some(allow), "{method} {path}");
        }
        if method == Method::HEAD {
            assert_eq!(value, Value::Null);
        } else if head.status() != StatusCode::OK {
            assert!(value["error"].is_string(), "{method} {path}: {value}");
        }
    }
}

#[tokio::test]
async fn the_status_tells_of_the_last_scrape() {
    let (app, metrics) = app(Endpoints::all(), false);
    let calls = metrics.registry().counter("calls_total", "Calls.");
    calls.unwrap().inc();
    let (_, before) = ask(&app, Method::GET, "/metrics/status").await;
    assert_eq!(before["last_scrape"], Value::Null);
    assert_eq!(before["enabled"], true);
    let page = Request::get("/metrics?format=openmetrics").body(Body::empty());
    let (_, page) = send(&app, page.unwrap()).await;
    let (_, after) = ask(&app, Method::GET, "/metrics/status").await;
    assert_eq!(after["last_scrape"]["format"], "openmetrics");
    assert_eq!(after["last_scrape"]["bytes"], page.len());
    assert_eq!(after["pages"], 1);
    assert!(after["pages_seconds"].as_f64() > Some(0.0));
    assert!(after["series"].as_u64() > Some(1) && after["memory_bytes"].as_u64() > Some(4_000));
}

// Mutation: the query isn't looked at.
#[tokio::test]
async fn the_api_is_filtered_and_says_what_it_cannot_read() {
    let (app, metrics) = app(Endpoints::all(), false);
    let calls = metrics
        .registry()
        .counter_family("calls_total", "Calls.", ["path"]);
    let calls = calls.unwrap();
    calls.with(["/a"]).inc();
    calls.with(["/b"]).inc_by(2);
    let (_, found) = ask(&app, Method::GET, "/metrics/api?name=calls*&label=path=/b").await;
    assert_eq!(
        found["families"][0]["series"],
        json!([{"labels": {"path": "/b"}, "value": 2}])
    );
    assert_eq!(found["families"].as_array().map(Vec::len), Some(1));
    let (_, all) = ask(&app, Method::GET, "/metrics/api").await;
    assert!(all["families"].as_array().map(Vec::len) > Some(1));
    for (query, named) in [
        ("nam=x", "`nam`"),
        ("kind=x", "`x`"),
        ("label=x", "`label=x`"),
    ] {
        let (head, told) = ask(&app, Method::GET, &format!("/metrics/api?{query}")).await;
        assert_eq!(head.status(), StatusCode::BAD_REQUEST);
        assert!(
            told["error"].as_str().is_some_and(|it| it.contains(named)),
            "{told}"
        );
    }
}

// Mutation: the prefix is that of the settings whatever was asked.
#[tokio::test]
async fn descriptions_name_the_place_where_they_were_asked() {
    let (_, metrics) = app(Endpoints::all(), false);
    let router = || metrics.router_with::<()>(Endpoints::all());
    for app in [
        Router::new().nest("/internal/metrics", router()),
        Router::new().nest_service("/internal/metrics", router()),
        Router::new().nest("/internal", Router::new().nest("/metrics", router())),
    ] {
        let (_, document) = ask(&app, Method::GET, "/internal/metrics/openapi.json").await;
        assert!(
            document["paths"]["/internal/metrics/status"].is_object(),
            "{document}"
        );
        let request = Request::get("/internal/metrics/prometheus-config/");
        let request = request
            .header("host", "shop.example:8080")
            .body(Body::empty());
        let (_, yaml) = send(&app, request.unwrap()).await;
        let yaml = String::from_utf8(yaml).expect("it is text");
        assert!(
            yaml.contains("metrics_path: \"/internal/metrics\"\n"),
            "{yaml}"
        );
        assert!(
            yaml.contains("- targets: [\"shop.example:8080\"]\n"),
            "{yaml}"
        );
    }
}

async fn yaml(app: &Router, peer: &str, headers: &[(&str, &str)]) -> String {
    let mut request = Request::get("/metrics/prometheus-config").header("host", "shop.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let peer: SocketAddr = peer.parse().expect("it is an address");
    let request = request.extension(ConnectInfo(peer)).body(Body::empty());
    let (_, yaml) = send(app, request.expect("it is valid")).await;
    String::from_utf8(yaml).expect("it is text")
}

// S6. Mutation: the header of a peer that is no trusted proxy counts.
#[tokio::test]
async fn a_configuration_has_the_scheme_that_a_trusted_proxy_names() {
    let registry: &'static Registry = Box::leak(Box::default());
    let access = Access::new().everyone().trust_proxy("10.0.0.5");
    let access = access.expect("it is an address");
    let metrics = Metrics::builder().registry(registry).access(access).build();
    let metrics = metrics.expect("the tests' sites agree");
    let app = Router::new().nest("/metrics", metrics.router_with(Endpoints::all()));
    let secure = "scheme: \"https\"\n    metrics_path: \"/metrics\"\n";
    for headers in [
        [("x-forwarded-proto", "https")],
        [("forwarded", "for=203.0.113.9;proto=https")],
    ] {
        let told = yaml(&app, "10.0.0.5:1", &headers).await;
        assert!(told.contains(secure), "{told}");
        assert!(told.contains("[\"shop.example:443\"]"), "{told}");
        let told = yaml(&app, "10.0.0.6:1", &headers).await;
        assert!(told.contains("scheme: \"http\"\n"), "{told}");
        assert!(told.contains("[\"shop.example:80\"]"), "{told}");
    }
}

// Mutations: a listener is named by a router that has the page; its scheme or port isn't
// looked at.
#[tokio::test]
async fn a_router_without_the_page_names_the_listener_that_has_it() {
    let (with_page, metrics) = app(Endpoints::all(), false);
    let without = metrics.router_with(Endpoints::all().exposition(false));
    let without = Router::new().nest("/metrics", without);
    let peer = "127.0.0.1:1";
    let here = "[\"shop.example:80\"]";
    assert!(yaml(&without, peer, &[]).await.contains(here));
    let door = Door {
        port: 9_464,
        scheme: Scheme::HTTPS,
    };
    let listening = Listening::at(metrics.registry(), door);
    let told = yaml(&without, peer, &[]).await;
    assert!(told.contains("[\"shop.example:9464\"]"), "{told}");
    assert!(told.contains("scheme: \"https\"\n"), "{told}");
    assert!(yaml(&with_page, peer, &[]).await.contains(here));
    drop(listening);
    assert!(yaml(&without, peer, &[]).await.contains(here));
}

// The document has what there is, and nothing else.
#[tokio::test]
async fn the_document_lists_what_is_served() {
    let (closed, _) = app(Endpoints::all(), false);
    let (_, document) = ask(&closed, Method::GET, "/metrics/openapi.json").await;
    let paths = document["paths"].as_object().expect("it has paths");
    let mut expected = vec!["/metrics"];
    let own = ROUTES.map(|path| format!("/metrics{path}"));
    expected.extend(own.iter().map(String::as_str));
    if cfg!(feature = "system") {
        expected.push("/metrics/system");
    }
    expected.sort_unstable();
    assert_eq!(
        paths.keys().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
    let (open, _) = app(Endpoints::all(), true);
    let (_, document) = ask(&open, Method::GET, "/metrics/openapi.json").await;
    assert!(document["paths"]["/metrics/increment"]["post"].is_object());
    let items = &document["components"]["schemas"]["Item"]["anyOf"];
    assert_eq!(
        items[0]["properties"]["metric"]["const"],
        "custom_metric_current"
    );
}
