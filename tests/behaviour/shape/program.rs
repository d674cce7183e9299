//! `main`, tests and handlers, whose callers are written by others.

use std::cell::Cell;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Json, Router};
use metrics_runtime::{Registry, counted, in_progress, timed};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::watched::{Watched, check, check_async};
use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, counted, page, ready, timed as ended,
};

static REGISTRY: Registry = Registry::new();

thread_local! {
    /// How `main` ends; the harness calls the tests too, with the default.
    static END: Cell<End> = const { Cell::new(End::Return) };
}

fn at_end<R>(end: End, call: impl FnOnce() -> R) -> R {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            END.set(End::Return);
        }
    }
    END.set(end);
    let _reset = Reset;
    call()
}

/// Each `main` is called as the start of a program calls it.
mod attribute_above {
    use super::{END, Failure, REGISTRY, counted, in_progress, timed};

    #[timed(name = "above_main_seconds", help = "Main.", registry = REGISTRY)]
    #[counted]
    #[in_progress]
    #[tokio::main(flavor = "current_thread")]
    pub(super) async fn main() -> Result<(), Failure> {
        let end = END.get();
        end.wait().await;
        end.reach()?;
        Ok(())
    }
}

mod attribute_below {
    use super::{END, Failure, REGISTRY, counted, in_progress, timed};

    #[tokio::main]
    #[timed(name = "below_main_seconds", help = "Main.", registry = REGISTRY)]
    #[counted]
    #[in_progress]
    pub(super) async fn main() -> Result<(), Failure> {
        let end = END.get();
        end.wait().await;
        end.reach()?;
        Ok(())
    }
}

mod without_runtime {
    use super::{END, Failure, REGISTRY, counted, in_progress, timed};

    #[timed(name = "plain_main_seconds", help = "Main.", registry = REGISTRY)]
    #[counted]
    #[in_progress]
    pub(super) fn main() -> Result<(), Failure> {
        END.get().reach()?;
        Ok(())
    }
}

#[track_caller]
fn check_main(family: &str, main: fn() -> Result<(), Failure>) {
    let recorded =
        |outcome| page(&REGISTRY).value(&format!("{family}_count"), &[("outcome", outcome)]);
    assert_eq!(at_end(End::Return, main), Ok(()));
    assert_eq!(at_end(End::Fail, main), Err(Failure));
    assert_panics(|| at_end(End::Panic, main));
    for outcome in ["ok", "error", "panic"] {
        assert_eq!(recorded(outcome), Some(1.0), "{family} {outcome}");
    }
    assert_eq!(recorded("cancelled"), None);
}

#[test]
fn main_is_recorded_once() {
    check_main("above_main_seconds", attribute_above::main);
    check_main("below_main_seconds", attribute_below::main);
    check_main("plain_main_seconds", without_runtime::main);
    let each = Calls {
        ok: 3.0,
        error: 3.0,
        panic: 3.0,
        cancelled: 0.0,
    };
    assert_eq!(counted(&REGISTRY, "main"), each);
    let page = page(&REGISTRY);
    let labels = [("function", "main")];
    assert_eq!(page.sum("function_calls_in_progress", &labels), Some(0.0));
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[tokio::test]
async fn runs_below_the_attributes() -> Result<(), Failure> {
    let end = END.get();
    end.wait().await;
    end.reach().map(drop)
}

#[tokio::test(start_paused = true)]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn runs_above_the_attributes() -> Result<(), Failure> {
    let end = END.get();
    end.wait().await;
    end.reach().map(drop)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[test]
fn runs_without_a_runtime() {
    let _ = END.get().reach();
}

/// The harness calls the test too, at any time, which makes one call more.
#[track_caller]
fn check_test(name: &str, ok: f64, error: f64) {
    let calls = Calls {
        ok,
        error,
        panic: 1.0,
        cancelled: 0.0,
    };
    let again = Calls {
        ok: ok + 1.0,
        ..calls
    };
    for recorded in [counted(&REGISTRY, name), ended(&REGISTRY, name)] {
        assert!(recorded == calls || recorded == again, "{recorded:?}");
    }
}

#[test]
fn a_test_is_recorded_once() {
    for (name, test) in [
        (
            "runs_below_the_attributes",
            runs_below_the_attributes as fn() -> Result<(), Failure>,
        ),
        ("runs_above_the_attributes", runs_above_the_attributes),
    ] {
        assert_eq!(at_end(End::Return, test), Ok(()));
        assert_eq!(at_end(End::Fail, test), Err(Failure));
        assert_panics(|| at_end(End::Panic, test));
        check_test(name, 1.0, 1.0);
    }
    at_end(End::Return, runs_without_a_runtime);
    assert_panics(|| at_end(End::Panic, runs_without_a_runtime));
    check_test("runs_without_a_runtime", 1.0, 0.0);
}

#[tokio::main(flavor = "current_thread")]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn blocked_on(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[tracing::instrument(err, ret)]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn in_a_span(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[tracing::instrument(err, ret)]
async fn around_a_span(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn attributes_of_others_may_stand_on_the_same_function() {
    check(&REGISTRY, "blocked_on", blocked_on);
    check_async(&REGISTRY, "in_a_span", in_a_span);
    check_async(&REGISTRY, "around_a_span", around_a_span);
}

struct Refused;

impl IntoResponse for Refused {
    fn into_response(self) -> axum::response::Response {
        StatusCode::NOT_FOUND.into_response()
    }
}

fn end_of(word: &str) -> End {
    match word {
        "fail" => End::Fail,
        "panic" => End::Panic,
        "wait" => End::Wait,
        _ => End::Return,
    }
}

/// Everything that extracts, and a body.
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[axum::debug_handler]
async fn extracting(
    State(greeting): State<&'static str>,
    Path((end, _)): Path<(String, u8)>,
    Query(query): Query<Vec<(String, String)>>,
    _: axum::http::HeaderMap,
    Json(body): Json<Value>,
) -> Result<Json<Value>, Refused> {
    let end = end_of(&end);
    end.wait().await;
    let value = end.reach().map_err(|_| Refused)?;
    Ok(Json(json!([greeting, query.len(), body, value])))
}

#[axum::debug_handler(state = &'static str)]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn answering(Path((end, _)): Path<(String, u8)>) -> impl IntoResponse {
    let end = end_of(&end);
    end.wait().await;
    match end.reach() {
        Ok(value) => (StatusCode::OK, Json(json!(["", 0, [], value]))),
        Err(Failure) => (StatusCode::BAD_GATEWAY, Json(json!([]))),
    }
}

async fn sent(path: String) -> (StatusCode, Option<u64>) {
    let router = Router::new()
        .route("/extracting/{end}/{n}", axum::routing::post(extracting))
        .route("/answering/{end}/{n}", axum::routing::post(answering))
        .with_state("hello");
    let request = axum::http::Request::post(path)
        .header("content-type", "application/json")
        .body(axum::body::Body::from("[]"))
        .expect("the request is valid");
    let response = router.oneshot(request).await.expect("routers don't fail");
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    let body = body.expect("the body is in memory");
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    (status, body.get(3).and_then(Value::as_u64))
}

#[test]
fn a_handler_is_recorded_in_all_its_ends() {
    for (handler, failed) in [
        ("extracting", StatusCode::NOT_FOUND),
        ("answering", StatusCode::BAD_GATEWAY),
    ] {
        let call = |end: &str| sent(format!("/{handler}/{end}/1?a=b"));
        let mut watched = Watched::new(&REGISTRY, handler);
        watched.forgotten(call("return"));
        let answered = watched.ok(|| ready(call("return")));
        assert_eq!(answered, (StatusCode::OK, Some(u64::from(VALUE))));
        let answered = watched.error(|| ready(call("fail")));
        assert_eq!(answered, (failed, None));
        watched.panics(|| ready(call("panic")));
        watched.cancelled(call("wait"));
    }
}
