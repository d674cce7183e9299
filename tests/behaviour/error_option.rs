//! `error`: what a call failed with, as a label.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;

use metrics_runtime::{
    ErrorLabel, Outcome, Registry, counted, timed, track_cache, track_query, track_task,
};

use crate::driver::{Calls, End, assert_panics, by_outcome, cancel, page, ready};

static REGISTRY: Registry = Registry::new();

/// Calls by outcome under one error.
#[track_caller]
fn calls(family: &str, error: &str) -> Calls {
    by_outcome(&REGISTRY, family, &[("error", error)])
}

const ERROR: Calls = Calls {
    error: 1.0,
    ..Calls::NONE
};

#[derive(Debug, thiserror::Error, ErrorLabel)]
enum Fault {
    #[error("there is no row {0}")]
    NoRow(u32),
    #[error(transparent)]
    #[label(transparent)]
    Io(#[from] io::Error),
}

/// Ends as it is told, failing with `fault`.
#[track_caller]
fn reach(end: End, fault: Fault) -> Result<u32, Fault> {
    end.reach().map_err(|_| fault)
}

fn not_found() -> Fault {
    Fault::Io(io::ErrorKind::NotFound.into())
}

#[counted(name = "faults_total", help = "Faults.", error, registry = REGISTRY)]
fn fails(end: End, fault: Fault) -> Result<u32, Fault> {
    reach(end, fault)
}

#[test]
fn the_label_is_that_of_the_error_and_empty_without_one() {
    assert_eq!(
        page(&REGISTRY).sum("faults_total", &[]),
        None,
        "not at zero"
    );
    assert!(fails(End::Fail, Fault::NoRow(1)).is_err());
    assert!(fails(End::Fail, Fault::NoRow(2)).is_err());
    assert!(fails(End::Fail, not_found()).is_err());
    assert!(fails(End::Return, Fault::NoRow(3)).is_ok());
    let unwound = std::panic::catch_unwind(|| fails(End::Panic, Fault::NoRow(4)));
    assert!(unwound.is_err());
    let two = Calls {
        error: 2.0,
        ..Calls::NONE
    };
    assert_eq!(calls("faults_total", "no_row"), two);
    assert_eq!(calls("faults_total", "not_found"), ERROR);
    let none = Calls {
        panic: 1.0,
        ..Calls::OK
    };
    assert_eq!(calls("faults_total", ""), none);
    assert_eq!(page(&REGISTRY).sum("faults_total", &[]), Some(5.0));
}

#[timed(name = "later_seconds", help = "Later.", error, registry = REGISTRY)]
async fn later(end: End) -> Result<u32, Fault> {
    end.wait().await;
    reach(end, Fault::NoRow(1))
}

#[timed(name = "returned_seconds", help = "Returned.", error, registry = REGISTRY)]
fn returned(end: End) -> impl Future<Output = Result<u32, Fault>> {
    later(end)
}

#[timed(name = "boxed_seconds", help = "Boxed.", error, registry = REGISTRY)]
fn boxed(end: End) -> Pin<Box<dyn Future<Output = Result<u32, Fault>> + Send>> {
    Box::pin(async move {
        end.wait().await;
        reach(end, not_found())
    })
}

#[test]
fn futures_are_labelled_too_and_cancellation_is_no_error() {
    fn check<F>(family: &str, error: &str, call: impl Fn(End) -> F)
    where
        F: Future<Output = Result<u32, Fault>>,
    {
        assert!(ready(call(End::Return)).is_ok());
        assert!(ready(call(End::Fail)).is_err());
        assert_panics(|| ready(call(End::Panic)));
        cancel(call(End::Wait));
        assert_eq!(calls(family, error), ERROR);
        let none = Calls {
            error: 0.0,
            ..Calls::EACH_ASYNC
        };
        assert_eq!(calls(family, ""), none);
    }
    check("later_seconds_count", "no_row", later);
    check("returned_seconds_count", "no_row", returned);
    check("boxed_seconds_count", "not_found", boxed);
}

#[counted(name = "dyn_total", help = "Any.", error, registry = REGISTRY)]
fn fails_with_any(fault: Option<Fault>) -> Result<(), Box<dyn Error + Send + Sync>> {
    fault.map_or_else(|| Err("unlabelled".into()), |fault| Err(fault.into()))
}

#[counted(name = "anyhow_total", help = "Any.", error, registry = REGISTRY)]
fn fails_with_anyhow(fault: Option<Fault>) -> anyhow::Result<()> {
    let fault = fault.map_or_else(|| anyhow::anyhow!("unlabelled"), anyhow::Error::from);
    Err(fault.context("while testing"))
}

#[counted(name = "io_total", help = "Files.", error, registry = REGISTRY)]
fn fails_with_io() -> io::Result<()> {
    Err(io::ErrorKind::TimedOut.into())
}

#[test]
fn errors_of_any_type_and_aliases_are_asked_what_they_are() {
    for family in ["dyn_total", "anyhow_total"] {
        for fault in [Some(Fault::NoRow(1)), Some(not_found()), None] {
            let failed = match family {
                "dyn_total" => fails_with_any(fault).is_err(),
                _ => fails_with_anyhow(fault).is_err(),
            };
            assert!(failed);
        }
        for error in ["no_row", "not_found", "other"] {
            assert_eq!(calls(family, error), ERROR, "{family}: {error}");
        }
    }
    assert!(fails_with_io().is_err());
    assert_eq!(calls("io_total", "timed_out"), ERROR);
}

struct Foreign {
    code: u16,
    text: String,
}

#[counted(name = "codes_total", error = |error| error.code, registry = REGISTRY)]
fn with_code(code: u16) -> Result<(), Foreign> {
    if code == 0 {
        return Ok(());
    }
    let text = String::new();
    Err(Foreign { code, text })
}

#[counted(name = "texts_total", error = |error| error.text.as_str(), registry = REGISTRY)]
async fn with_text(text: &str) -> Result<u8, Foreign> {
    End::Return.wait().await;
    let text = text.to_owned();
    Err(Foreign { code: 1, text })
}

#[counted(
    name = "options_total",
    error = |error| (error.code > 1).then_some(error.code),
    registry = REGISTRY
)]
fn with_option(code: u16) -> Result<(), Foreign> {
    with_code(code)
}

#[test]
fn a_closure_names_what_is_in_err() {
    assert!(with_code(0).is_ok());
    assert!(with_code(404).is_err());
    assert_eq!(calls("codes_total", "404"), ERROR);
    assert_eq!(calls("codes_total", ""), Calls::OK);
    assert!(ready(with_text("borrowed")).is_err());
    assert_eq!(calls("texts_total", "borrowed"), ERROR);
    assert!(with_option(1).is_err() && with_option(2).is_err());
    assert_eq!(calls("options_total", "2"), ERROR);
    assert_eq!(calls("options_total", ""), ERROR);
}

#[track_query(select, table = "rows", prefix = "own", error, registry = REGISTRY)]
fn query(fault: Option<Fault>) -> Result<(), Fault> {
    fault.map_or(Ok(()), Err)
}

#[test]
fn the_counter_of_errors_has_the_label_and_that_of_slow_queries_has_not() {
    assert!(query(None).is_ok());
    assert!(query(Some(not_found())).is_err());
    let of = [
        ("database", "default"),
        ("operation", "select"),
        ("table", "rows"),
    ];
    let page = page(&REGISTRY);
    let with: Vec<_> = of.into_iter().chain([("error", "not_found")]).collect();
    assert_eq!(page.value("own_db_errors_total", &with), Some(1.0));
    assert_eq!(page.value("own_db_slow_queries_total", &of), Some(0.0));
    for family in [
        "own_db_queries_total",
        "own_db_query_duration_seconds_count",
    ] {
        assert_eq!(calls(family, "not_found"), ERROR);
        assert_eq!(calls(family, ""), Calls::OK);
    }
}

#[track_cache(get, cache = "own", prefix = "own", error, registry = REGISTRY)]
fn get(fault: Option<Fault>) -> Result<Option<u32>, Fault> {
    fault.map_or(Ok(None), Err)
}

#[track_task(task = "own", prefix = "own", error, registry = REGISTRY)]
fn run(fault: Option<Fault>) -> Result<(), Fault> {
    fault.map_or(Ok(()), Err)
}

#[test]
fn only_families_that_tell_errors_have_the_label() {
    assert!(get(None).is_ok() && get(Some(Fault::NoRow(1))).is_err());
    assert!(run(None).is_ok() && run(Some(Fault::NoRow(1))).is_err());
    let page = page(&REGISTRY);
    let cache = ("cache", "own");
    let value = |family: &str, labels: &[_]| page.value(family, labels);
    assert_eq!(value("own_cache_hits_total", &[cache]), Some(0.0));
    assert_eq!(value("own_cache_misses_total", &[cache]), Some(1.0));
    let with = [cache, ("error", "no_row")];
    assert_eq!(value("own_cache_errors_total", &with), Some(1.0));
    let task = [("task", "own")];
    assert_eq!(value("own_tasks_in_progress", &task), Some(0.0));
    let last = value("own_task_last_success_timestamp_seconds", &task);
    assert!(last > Some(1.0), "{last:?}");
    assert_eq!(calls("own_task_runs_total", "no_row"), ERROR);
}

#[counted(
    name = "forgiven_total",
    error,
    outcome = |ret| if matches!(ret, Err(Fault::NoRow(_))) { Outcome::Ok } else { Outcome::Error },
    registry = REGISTRY
)]
fn forgiven(fault: Fault) -> Result<(), Fault> {
    Err(fault)
}

#[test]
fn the_label_says_what_is_in_err_whatever_the_outcome() {
    assert!(forgiven(Fault::NoRow(1)).is_err());
    assert!(forgiven(not_found()).is_err());
    assert_eq!(calls("forgiven_total", "no_row"), Calls::OK);
    assert_eq!(calls("forgiven_total", "not_found"), ERROR);
}
