//! `outcome`: a closure that decides how a call ended.

use std::future::Future;
use std::pin::Pin;

use metrics_runtime::{Outcome, Registry, counted, timed, track_model, track_query, track_task};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, caught, counted as calls, page,
    ready, timed as times,
};

static REGISTRY: Registry = Registry::new();

fn error_if(error: bool) -> Outcome {
    if error { Outcome::Error } else { Outcome::Ok }
}

const ERROR: Calls = Calls {
    error: 1.0,
    ..Calls::NONE
};

#[counted(outcome = |ret| error_if(*ret > 9), registry = REGISTRY)]
#[timed(outcome = |ret| error_if(*ret > 9))]
fn plain(value: u8) -> u8 {
    value
}

#[counted(outcome = |ret: &Result<u32, Failure>| error_if(ret.is_ok()), registry = REGISTRY)]
fn turned_round(end: End) -> Result<u32, Failure> {
    end.reach()
}

// Mutation: the reading of the type goes before the closure's.
#[test]
fn the_closure_decides_whatever_the_type_says() {
    assert_eq!(plain(10), 10);
    assert_eq!(
        (calls(&REGISTRY, "plain"), times(&REGISTRY, "plain")),
        (ERROR, ERROR)
    );
    assert_eq!(plain(9), 9);
    let both = Calls { ok: 1.0, ..ERROR };
    assert_eq!(
        (calls(&REGISTRY, "plain"), times(&REGISTRY, "plain")),
        (both, both)
    );

    assert_eq!(turned_round(End::Fail), Err(Failure));
    assert_eq!(calls(&REGISTRY, "turned_round"), Calls::OK);
    assert_eq!(turned_round(End::Return), Ok(VALUE));
    assert_panics(|| turned_round(End::Panic));
    assert_eq!(calls(&REGISTRY, "turned_round"), Calls::EACH);
}

fn refused<E: PartialEq>(ret: &Result<u32, E>) -> Outcome {
    error_if(*ret == Ok(VALUE))
}

#[counted(outcome = refused, registry = REGISTRY)]
async fn later(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[counted(outcome = refused, registry = REGISTRY)]
fn returned(end: End) -> impl Future<Output = Result<u32, Failure>> {
    later(end)
}

#[counted(outcome = refused, registry = REGISTRY)]
fn boxed(end: End) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    Box::pin(async move {
        end.wait().await;
        end.reach()
    })
}

#[test]
fn it_decides_for_futures_and_not_for_panics_and_cancellation() {
    fn check<F>(function: &str, call: impl Fn(End) -> F)
    where
        F: Future<Output = Result<u32, Failure>>,
    {
        let before = calls(&REGISTRY, function);
        assert_eq!(before, Calls::NONE);
        assert_eq!(ready(call(End::Return)), Ok(VALUE));
        assert_eq!(calls(&REGISTRY, function), ERROR);
        assert_eq!(ready(call(End::Fail)), Err(Failure));
        assert_panics(|| ready(call(End::Panic)));
        cancel(call(End::Wait));
        assert_eq!(calls(&REGISTRY, function), Calls::EACH_ASYNC);
    }
    check("later", later);
    check("boxed", boxed);
    check("returned", returned);
}

#[track_model(
    insert,
    model = "Vote",
    rows = Vec::len,
    outcome = |ret| error_if(ret.is_empty()),
    registry = REGISTRY
)]
fn vote(votes: u32) -> Vec<u32> {
    (0..votes).collect()
}

#[track_model(
    update,
    model = "Vote",
    rows = |rows| *rows,
    outcome = |ret| error_if(*ret == Ok(VALUE)),
    registry = REGISTRY
)]
fn change(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[test]
fn rows_are_counted_where_the_closure_says_ok() {
    let rows = |family| page(&REGISTRY).value(family, &[("model", "Vote")]);
    assert_eq!((vote(0).len(), vote(2).len()), (0, 2));
    assert_eq!(rows("model_inserts_total"), Some(2.0));
    assert_eq!(change(End::Return), Ok(VALUE));
    assert_eq!(change(End::Fail), Err(Failure));
    assert_eq!(rows("model_updates_total"), Some(0.0), "`Err` has no rows");
}

#[track_query(
    select,
    table = "votes",
    outcome = |ret| error_if(ret.is_none()),
    registry = REGISTRY
)]
#[track_task(task = "votes", outcome = |ret| error_if(ret.is_none()))]
fn find(something: bool) -> Option<u32> {
    something.then_some(VALUE)
}

#[test]
fn what_goes_by_the_outcome_goes_by_the_closure() {
    let value = |family: &str, label: &str| {
        let page = page(&REGISTRY);
        page.sum(family, &[(label, "votes")]).unwrap_or(0.0)
    };
    let last = || value("task_last_success_timestamp_seconds", "task");
    assert_eq!(find(false), None);
    assert!(value("db_errors_total", "table") > 0.5, "one error");
    assert!(last() < 1.0, "no success yet");
    assert_eq!(find(true), Some(VALUE));
    assert!(value("db_errors_total", "table") < 1.5, "the same error");
    assert!(last() > 1.0);
    let by_task = by_outcome(&REGISTRY, "task_runs_total", &[("task", "votes")]);
    let both = Calls { ok: 1.0, ..ERROR };
    assert_eq!(by_task, both);
}

#[counted(outcome = |_: &u8| -> Outcome { std::panic::panic_any("outcome") }, registry = REGISTRY)]
fn panicking() -> u8 {
    1
}

#[test]
fn a_panic_of_the_closure_is_the_calls() {
    let (payload, _) = caught(panicking);
    assert_eq!(payload.downcast_ref(), Some(&"outcome"));
    let panic = Calls {
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(calls(&REGISTRY, "panicking"), panic);
}

#[counted(outcome = |_| if cancelled { Outcome::Cancelled } else { Outcome::Panic }, registry = REGISTRY)]
fn any(cancelled: bool) -> u8 {
    1
}

#[test]
fn the_closure_may_give_any_outcome_and_see_arguments() {
    assert_eq!(any(true) + any(false), 2);
    let both = Calls {
        panic: 1.0,
        cancelled: 1.0,
        ..Calls::NONE
    };
    assert_eq!(calls(&REGISTRY, "any"), both);
}
