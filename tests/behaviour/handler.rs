//! Handlers of axum.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use metrics_runtime::{Registry, counted};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::driver::{Calls, End, Failure, assert_panics, cancel, caught, counted, ready};

static REGISTRY: Registry = Registry::new();

#[derive(Clone)]
struct App {
    greeting: &'static str,
}

/// What `{end}` in a path stands for.
fn end_of(word: &str) -> End {
    match word {
        "fail" => End::Fail,
        "panic" => End::Panic,
        "wait" => End::Wait,
        _ => End::Return,
    }
}

struct Refused;

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        StatusCode::NOT_FOUND.into_response()
    }
}

impl From<Failure> for Refused {
    fn from(_: Failure) -> Self {
        Self
    }
}

#[counted(registry = REGISTRY)]
async fn extracting(
    State(App { greeting }): State<App>,
    Path((end, name)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Refused> {
    end_of(&end).wait().await;
    end_of(&end).reach()?;
    Ok(Json(
        json!({ "text": format!("{greeting} {name}"), "body": body }),
    ))
}

#[counted(registry = REGISTRY)]
async fn opaque(Path(end): Path<String>) -> impl IntoResponse {
    end_of(&end).wait().await;
    end_of(&end)
        .reach()
        .map(|value| value.to_string())
        .map_err(Refused::from)
}

/// Gives the status that its path says.
#[counted(registry = REGISTRY)]
async fn answering(Path(status): Path<u16>) -> Response {
    let status = StatusCode::from_u16(status).expect("the tests ask for valid ones");
    (status, "body").into_response()
}

#[counted(registry = REGISTRY)]
async fn answering_opaque(Path(status): Path<u16>) -> impl IntoResponse {
    let status = StatusCode::from_u16(status).expect("the tests ask for valid ones");
    (status, [("x-header", "value")], "body")
}

#[counted(registry = REGISTRY)]
async fn answering_ok(Path(status): Path<u16>) -> Result<StatusCode, Refused> {
    StatusCode::from_u16(status).map_err(|_| Refused)
}

#[counted(registry = REGISTRY)]
async fn empty() {}

fn router() -> Router {
    Router::new()
        .route("/extracting/{end}/{name}", post(extracting))
        .route("/opaque/{end}", get(opaque))
        .route("/answering/{status}", get(answering))
        .route("/answering-opaque/{status}", get(answering_opaque))
        .route("/answering-ok/{status}", get(answering_ok))
        .route("/empty", get(empty))
        .with_state(App { greeting: "hello" })
}

async fn send(request: Request<Body>) -> (StatusCode, String) {
    let response = router().oneshot(request).await.expect("routers don't fail");
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    let body = body.expect("the body is in memory").to_vec();
    (
        status,
        String::from_utf8(body).expect("the bodies are text"),
    )
}

async fn fetch(path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty());
    send(request.expect("the request is valid")).await
}

async fn submit(path: &str, body: &'static str) -> (StatusCode, String) {
    let request = Request::post(path).header("content-type", "application/json");
    send(
        request
            .body(Body::from(body))
            .expect("the request is valid"),
    )
    .await
}

#[test]
fn a_handler_with_extractors_is_counted_in_all_its_ends() {
    let (status, body) = ready(submit("/extracting/return/ada", "[1]"));
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, r#"{"body":[1],"text":"hello ada"}"#);
    let (status, _) = ready(submit("/extracting/fail/ada", "[1]"));
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_panics(|| ready(submit("/extracting/panic/ada", "[1]")));
    cancel(submit("/extracting/wait/ada", "[1]"));
    assert_eq!(counted(&REGISTRY, "extracting"), Calls::EACH_ASYNC);

    let (status, _) = ready(submit("/extracting/return/ada", "no json"));
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let calls = counted(&REGISTRY, "extracting");
    assert_eq!(calls, Calls::EACH_ASYNC, "the extractor refused before");
}

#[test]
fn a_handler_of_an_opaque_response_is_counted_in_all_its_ends() {
    assert_eq!(
        ready(fetch("/opaque/return")),
        (StatusCode::OK, "7".to_owned())
    );
    assert_eq!(ready(fetch("/opaque/fail")).0, StatusCode::NOT_FOUND);
    assert_panics(|| ready(fetch("/opaque/panic")));
    cancel(fetch("/opaque/wait"));
    assert_eq!(counted(&REGISTRY, "opaque"), Calls::EACH_ASYNC);
}

#[test]
fn a_response_of_500_and_above_is_an_error_and_below_is_not() {
    for (path, function) in [
        ("answering", "answering"),
        ("answering-opaque", "answering_opaque"),
        ("answering-ok", "answering_ok"),
    ] {
        for status in [200, 302, 404, 499, 500, 503] {
            let (answered, _) = ready(fetch(&format!("/{path}/{status}")));
            assert_eq!(answered.as_u16(), status);
        }
        let calls = Calls {
            ok: 4.0,
            error: 2.0,
            ..Calls::NONE
        };
        assert_eq!(counted(&REGISTRY, function), calls, "{function}");
    }
    caught(|| ready(fetch("/answering/1000")));
    let calls = Calls {
        ok: 4.0,
        error: 2.0,
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "answering"), calls);
}

#[test]
fn a_handler_without_a_value_is_counted() {
    assert_eq!(ready(fetch("/empty")), (StatusCode::OK, String::new()));
    assert_eq!(counted(&REGISTRY, "empty"), Calls::OK);
}
