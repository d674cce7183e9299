//! Other crates' attributes on the same function, in both orders.

use std::cell::Cell;

use metrics_runtime::{Registry, counted};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, cancel, check, check_async, counted, ready,
};

static REGISTRY: Registry = Registry::new();

#[counted(registry = REGISTRY)]
#[tokio::main(flavor = "current_thread")]
async fn above_main(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[tokio::main(flavor = "current_thread")]
#[counted(registry = REGISTRY)]
async fn below_main(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn a_call_under_tokio_main_is_counted_once() {
    check(&REGISTRY, "above_main", above_main);
    check(&REGISTRY, "below_main", below_main);
}

thread_local! {
    /// How the tests below end; the harness calls them too, with the default.
    static END: Cell<End> = const { Cell::new(End::Return) };
}

#[counted(registry = REGISTRY)]
#[tokio::test]
async fn runs_with_the_attribute_above_tokio_test() -> Result<(), Failure> {
    let end = END.get();
    end.wait().await;
    end.reach().map(drop)
}

#[tokio::test]
#[counted(registry = REGISTRY)]
async fn runs_with_the_attribute_below_tokio_test() -> Result<(), Failure> {
    let end = END.get();
    end.wait().await;
    end.reach().map(drop)
}

#[track_caller]
fn check_test(name: &str, test: fn() -> Result<(), Failure>) {
    // The harness calls each test too, at any time, which makes one more.
    for _ in 0..10 {
        assert_eq!(test(), Ok(()));
    }
    END.set(End::Fail);
    assert_eq!(test(), Err(Failure));
    END.set(End::Panic);
    assert_panics(test);
    END.set(End::Return);
    let calls = counted(&REGISTRY, name);
    let ten = Calls {
        ok: 10.0,
        ..Calls::EACH
    };
    let eleven = Calls { ok: 11.0, ..ten };
    assert!(calls == ten || calls == eleven, "{calls:?}");
}

#[test]
fn a_test_under_tokio_test_is_counted_once_with_the_attribute_above() {
    check_test(
        "runs_with_the_attribute_above_tokio_test",
        runs_with_the_attribute_above_tokio_test,
    );
}

#[test]
fn a_test_under_tokio_test_is_counted_once_with_the_attribute_below() {
    check_test(
        "runs_with_the_attribute_below_tokio_test",
        runs_with_the_attribute_below_tokio_test,
    );
}

#[counted(registry = REGISTRY)]
#[tracing::instrument(err, ret)]
fn above_instrument(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[tracing::instrument(err, ret)]
#[counted(registry = REGISTRY)]
fn below_instrument(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[counted(registry = REGISTRY)]
#[tracing::instrument(err, ret)]
async fn above_instrument_async(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[tracing::instrument(err, ret)]
#[counted(registry = REGISTRY)]
async fn below_instrument_async(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn a_call_in_a_span_is_counted_once() {
    check(&REGISTRY, "above_instrument", above_instrument);
    check(&REGISTRY, "below_instrument", below_instrument);
    check_async(&REGISTRY, "above_instrument_async", above_instrument_async);
    check_async(&REGISTRY, "below_instrument_async", below_instrument_async);
}

#[counted(registry = REGISTRY)]
#[axum::debug_handler]
async fn above_debug_handler(body: String) -> Result<String, String> {
    end_of(&body).wait().await;
    let value = end_of(&body)
        .reach()
        .map_err(|failure| failure.to_string())?;
    Ok(value.to_string())
}

#[axum::debug_handler]
#[counted(registry = REGISTRY)]
async fn below_debug_handler(body: String) -> Result<String, String> {
    end_of(&body).wait().await;
    let value = end_of(&body)
        .reach()
        .map_err(|failure| failure.to_string())?;
    Ok(value.to_string())
}

fn end_of(body: &str) -> End {
    match body {
        "fail" => End::Fail,
        "panic" => End::Panic,
        "wait" => End::Wait,
        _ => End::Return,
    }
}

macro_rules! check_handler {
    ($handler:ident) => {
        let call = |body: &str| $handler(body.to_owned());
        drop(call("return"));
        assert_eq!(counted(&REGISTRY, stringify!($handler)), Calls::NONE);
        assert_eq!(ready(call("return")), Ok(VALUE.to_string()));
        assert_eq!(ready(call("fail")), Err(Failure.to_string()));
        assert_panics(|| ready(call("panic")));
        cancel(call("wait"));
        assert_eq!(counted(&REGISTRY, stringify!($handler)), Calls::EACH_ASYNC);
    };
}

#[test]
fn a_call_of_a_debugged_handler_is_counted_once() {
    check_handler!(above_debug_handler);
    check_handler!(below_debug_handler);
}
