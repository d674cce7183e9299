//! Requests to `/increment`: all or nothing, within limits.

use super::LONGEST;
use crate::desc::Desc;
use crate::endpoint::router::mounted;
use crate::outcome::Outcome;
use crate::record::at;
use crate::{Access, Counter, Endpoints, Metrics, Registry};
use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::convert::Infallible;
use tower::ServiceExt as _;

static REGISTRY: Registry = Registry::new();

static JOBS: Desc = Desc::counter("remote_jobs_total", "Jobs.", &["place"])
    .cap(2)
    .remote(&[None]);
static RUNS: Desc = Desc::counter("remote_runs_total", "Runs.", &["status"])
    .closed(&[&["done", "failed"]])
    .remote(&[Some(&["done", "failed"])]);
static DEPTH: Desc = Desc::gauge("remote_depth", "Depth.", &[]).remote(&[]);
static WAIT: Desc = Desc::duration("remote_wait_seconds", "Wait.", &[]).remote(&[]);
static PRIVATE: Desc = Desc::counter("private_total", "Not theirs.", &[]);

fn app(endpoints: Endpoints) -> (Router, Metrics) {
    let metrics = Metrics::builder()
        // Its numbers change by themselves.
        .process_collector(false)
        .access(Access::new().token(TOKEN))
        .registry(&REGISTRY)
        .namespace("shop")
        .build();
    let metrics = metrics.expect("the tests' sites agree");
    (mounted(Router::new, &metrics, endpoints, true), metrics)
}

const TOKEN: &str = "0f5e2c0e7a9b4d31";

fn all() -> Endpoints {
    Endpoints::all().increment_rate(1_000_000)
}

fn request(body: impl Into<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    let request = Request::post("/increment").header("x-metrics-token", TOKEN);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(body.into()).expect("it is valid")
}

const JSON: (&str, &str) = ("content-type", "application/json");

async fn send(app: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = app.clone().oneshot(request).await;
    let response = response.expect("routers don't fail");
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    let body = body.expect("it is complete");
    (status, serde_json::from_slice(&body).expect("it is JSON"))
}

/// The page without what the toolkit tells of itself and of who was refused.
fn page(metrics: &Metrics) -> String {
    let page = metrics.to_text();
    let own = ["metrics_", "http_requests_blocked_total"];
    let is_own = |line: &&str| own.iter().any(|own| line.contains(own));
    let lines = page.lines().filter(|line| !is_own(line));
    lines.fold(String::new(), |page, line| page + line + "\n")
}

// S7. Mutation: `answer` doesn't ask whether the caller is authorised.
#[tokio::test]
async fn who_is_only_let_in_changes_nothing() {
    let (app, metrics) = app(all());
    for (name, value) in [("x-metrics-token", "0f5e2c0e7a9b4d32"), ("cookie", TOKEN)] {
        let request = Request::post("/increment").header(JSON.0, JSON.1);
        let body = r#"{"metric": "custom_metric_current", "labels": {"type": "intruder"}}"#;
        let request = request.header(name, value).body(Body::from(body));
        let (status, answer) = send(&app, request.expect("it is valid")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
    }
    assert!(!page(&metrics).contains("intruder"));
}

// S13, and all or nothing. Mutations: items are recorded as they are checked; the mark
// isn't looked at; a label too many is let through.
#[tokio::test]
async fn what_is_open_is_recorded_and_nothing_else() {
    let (app, metrics) = app(all());
    for desc in [&JOBS, &RUNS, &DEPTH, &WAIT, &PRIVATE] {
        REGISTRY.builtin(desc);
    }
    let failed: Counter = at(&REGISTRY.builtin(&RUNS), &["failed"], Outcome::Ok);
    failed.inc();
    let good = json!([
        {"metric": "remote_jobs_total", "labels": {"place": "a"}},
        {"metric": "shop_remote_jobs_total", "value": 4, "labels": {"place": "a"}},
        {"metric": "remote_runs_total", "value": 2, "labels": {"status": "done"}},
        {"metric": "remote_depth", "value": 7.5},
        {"metric": "remote_depth", "value": -2},
        {"metric": "remote_wait_seconds", "value": 0.25},
        {"metric": "custom_metric_total", "labels": {"type": "a", "action": "b"}},
        {"metric": "custom_metric_current", "labels": {"type": "a"}, "value": 3},
    ]);
    let (status, told) = send(&app, request(good.to_string(), &[JSON])).await;
    assert_eq!((status, told), (StatusCode::OK, json!({"applied": 8})));
    let before = page(&metrics);
    for line in [
        "shop_remote_jobs_total{place=\"a\"} 5",
        "shop_remote_runs_total{status=\"done\"} 2",
        "shop_remote_runs_total{status=\"failed\"} 1",
        "shop_remote_depth 5.5",
        "shop_remote_wait_seconds_sum 0.25",
        "shop_custom_metric_total{type=\"a\",action=\"b\"} 1",
        "shop_custom_metric_current{type=\"a\"} 3",
    ] {
        assert!(before.lines().any(|own| own == line), "{line}\n{before}");
    }
    let first = json!({"metric": "remote_jobs_total", "labels": {"place": "new"}});
    for bad in [
        json!({"metric": "private_total"}),
        json!({"metric": "http_requests_total"}),
        json!({"metric": "absent_total"}),
        json!({"metric": "remote_jobs_total"}),
        json!({"metric": "remote_jobs_total", "labels": {"place": "a", "x": "1"}}),
        json!({"metric": "remote_jobs_total", "labels": {"plac": "a"}}),
        json!({"metric": "remote_jobs_total", "labels": {"place": "a".repeat(1_025)}}),
        json!({"metric": "remote_jobs_total", "labels": {"place": "a"}, "value": 0.5}),
        json!({"metric": "remote_jobs_total", "labels": {"place": "a"}, "value": -1}),
        json!({"metric": "remote_jobs_total", "labels": {"place": "a"}, "value": 1_000_001}),
        json!({"metric": "remote_runs_total", "labels": {"status": "other"}}),
        json!({"metric": "remote_wait_seconds"}),
    ] {
        let body = json!([first, bad]).to_string();
        let (status, told) = send(&app, request(body, &[JSON])).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert_eq!(told["item"], 1, "{bad}");
        assert_eq!(page(&metrics), before, "{bad}");
    }

    // C1: what is open is limited by the family's cap, and counted exactly.
    let places = (0..100).map(|nth| {
        json!({"metric": "remote_jobs_total",
        "labels": {"place": format!("p{nth}")}})
    });
    let body = Value::from(places.collect::<Vec<_>>()).to_string();
    assert_eq!(send(&app, request(body, &[JSON])).await.0, StatusCode::OK);
    let page = page(&metrics);
    assert_eq!(page.matches("shop_remote_jobs_total{").count(), 3);
    assert!(
        page.contains("shop_remote_jobs_total{place=\"__overflow__\"} 99\n"),
        "{page}"
    );

    fuzz(&app, &metrics).await;
}

/// S13: nothing of these panics, is accepted or is recorded.
async fn fuzz(app: &Router, metrics: &Metrics) {
    let before = page(metrics);
    let deep = |open: &str| open.repeat(1_000_000 / open.len());
    let fixed = [
        deep("["),
        deep("{\"metric\":"),
        "[".repeat(30_000),
        format!("{}{}", "[".repeat(9), "]".repeat(9)),
        r#"{"metric":"remote_depth","value":1e999}"#.to_owned(),
        r#"{"metric":"remote_depth","value":-0}"#.to_owned(),
        r#"{"metric":"remote_depth","value":-0.0}"#.to_owned(),
        r#"{"metric":"remote_depth","value":"NaN"}"#.to_owned(),
        r#"{"metric":"remote_depth","value":1,"value":1}"#.to_owned(),
        r#"{"metric":"remote_depth","labels":{"a":"1","a":"1"}}"#.to_owned(),
        r#"{"metric":"remote_depth","x":1}"#.to_owned(),
        " ".repeat(LONGEST + 1),
    ];
    for body in fixed {
        let (status, _) = send(app, request(body, &[JSON])).await;
        assert!(status.is_client_error(), "{status}");
    }
    let seed = std::env::var("METRICS_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let mut random = Random(seed.unwrap_or_else(|| u64::from(std::process::id())));
    println!("METRICS_SEED={}", random.0);
    let proves = std::env::var_os("METRICS_PROVE").is_some();
    for _ in 0..if proves { 1_000_000 } else { 10_000 } {
        let (body, is_json) = random.body();
        let (status, told) = send(app, request(body.clone(), &[JSON])).await;
        let text = String::from_utf8_lossy(&body);
        assert!(status.is_client_error(), "{status} {told} {is_json} {text}");
    }
    assert_eq!(page(metrics), before);
}

/// Random bodies, none of which may be recorded.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        // Of Sebastiano Vigna's splitmix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).expect("it is below")
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.next(all.len())]
    }

    fn body(&mut self) -> (Vec<u8>, bool) {
        if self.next(2) == 0 {
            // An ASCII digit can't make a body of items.
            let bytes = (0..self.next(200)).map(|_| u8::try_from(self.next(256)).unwrap_or(0));
            return (bytes.collect(), false);
        }
        let mut body = String::new();
        self.value(&mut body, 0);
        // Whatever it was, this is no item.
        (format!("[{body}]").into_bytes(), true)
    }

    /// A value that is never a whole item: it has no name of an open metric.
    fn value(&mut self, out: &mut String, depth: usize) {
        const LEAVES: [&str; 12] = [
            "null",
            "true",
            "1e999",
            "-0",
            "0.1",
            "\"NaN\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "1e-400",
            "18446744073709551616",
            "\"remote_depth\"",
            "nul",
        ];
        const KEYS: [&str; 6] = ["metric", "value", "labels", "place", "metri\\u0063", ""];
        match self.next(if depth > 12 { 1 } else { 3 }) {
            0 => {
                let leaf = self.pick(&LEAVES);
                out.push_str(leaf);
            }
            1 => {
                out.push('[');
                for nth in 0..self.next(4) {
                    out.push_str(if nth > 0 { "," } else { "" });
                    self.value(out, depth + 1);
                }
                out.push(']');
            }
            _ => {
                out.push_str("{\"metric\":\"absent\"");
                for _ in 0..self.next(4) {
                    let key = self.pick(&KEYS);
                    out.push_str(&[",\"", key, "\":"].concat());
                    self.value(out, depth + 1);
                }
                out.push('}');
            }
        }
    }
}

// S12, S14. Mutations: a media type with parameters is let through; so is an encoding.
#[tokio::test]
async fn only_plain_json_of_programs_is_read() {
    let (app, _) = app(all());
    let body = r#"{"metric":"custom_metric_total","labels":{"type":"t","action":"t"}}"#;
    let media = |value| ("content-type", value);
    let encoding = |value| ("content-encoding", value);
    let host = ("host", "shop.example");
    for (headers, expected) in [
        (&[JSON][..], StatusCode::OK),
        (&[media("Application/JSON")], StatusCode::OK),
        (&[JSON, encoding("identity")], StatusCode::OK),
        (&[], StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (&[media("text/plain")], StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            &[media("application/x-www-form-urlencoded")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            &[media("application/json; charset=utf-8")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            &[media("text/plain"), JSON],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            &[JSON, media("text/plain")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            &[JSON, encoding("gzip")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            &[JSON, encoding("zstd")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            &[JSON, encoding("snappy")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            &[JSON, encoding("identity"), encoding("gzip")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            &[JSON, encoding("identity, gzip")],
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            &[JSON, ("sec-fetch-site", "cross-site")],
            StatusCode::FORBIDDEN,
        ),
        (
            &[JSON, host, ("origin", "http://evil.example")],
            StatusCode::FORBIDDEN,
        ),
        (
            &[JSON, host, ("origin", "http://shop.example")],
            StatusCode::FORBIDDEN,
        ),
    ] {
        let (status, told) = send(&app, request(body, headers)).await;
        assert_eq!(status, expected, "{headers:?} {told}");
    }
    let response = app.clone().oneshot(request(body, &[JSON])).await;
    let response = response.expect("routers don't fail");
    let names = response.headers().keys();
    let cors = names.filter(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(cors.count(), 0);
    let listed = mounted_for("metrics.example");
    let by = |host| request(body, &[JSON, ("host", host)]);
    assert_eq!(send(&listed, by("metrics.example")).await.0, StatusCode::OK);
    let of_page = [
        JSON,
        ("host", "metrics.example"),
        ("origin", "https://metrics.example"),
    ];
    let of_page = request(body, &of_page);
    assert_eq!(send(&listed, of_page).await.0, StatusCode::OK);
    assert_eq!(
        send(&listed, by("evil.example")).await.0,
        StatusCode::FORBIDDEN
    );
}

fn mounted_for(host: &str) -> Router {
    app(all().increment_hosts([host])).0
}

// S13. Mutation: the limit is that of what was announced alone.
#[tokio::test]
async fn bodies_are_short_whatever_they_announce() {
    let (app, _) = app(all());
    let item = r#"{"metric":"custom_metric_current","labels":{"type":"t"},"value":0}"#;
    let padded = |len: usize| format!("{item}{}", " ".repeat(len - item.len()));
    let (status, _) = send(&app, request(padded(LONGEST), &[JSON])).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = send(&app, request(padded(LONGEST + 1), &[JSON])).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let frames = (0..100).map(|_| Ok::<_, Infallible>(" ".repeat(1_000)));
    let streamed = Body::from_stream(futures_util::stream::iter(frames));
    let (status, _) = send(&app, request(streamed, &[JSON])).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let announced = request("{}", &[JSON, ("content-length", "99999999")]);
    assert_eq!(send(&app, announced).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

// S13. Mutation: `take` always gives a token.
#[tokio::test]
async fn too_many_requests_are_told_to_wait() {
    let (app, _) = app(Endpoints::all().increment_rate(1));
    let mut told = Vec::new();
    for _ in 0..20 {
        let response = app.clone().oneshot(request("[]", &[JSON])).await;
        let response = response.expect("routers don't fail");
        told.push((
            response.status(),
            response.headers().contains_key("retry-after"),
        ));
    }
    assert_eq!(told.first(), Some(&(StatusCode::OK, false)));
    assert_eq!(told.last(), Some(&(StatusCode::TOO_MANY_REQUESTS, true)));
}
