//! `#[track_model(upsert)]`: rows that are made apart from those found made.

#![expect(clippy::unused_self, reason = "the block is what counts")]

use metrics_runtime::{Registry, track_model};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, caught, page, ready,
};

static REGISTRY: Registry = Registry::new();

/// Rows that were inserted and updated.
#[track_caller]
fn rows(model: &str) -> (Option<f64>, Option<f64>) {
    let page = page(&REGISTRY);
    let rows = |family| page.value(family, &[("model", model)]);
    (rows("model_inserts_total"), rows("model_updates_total"))
}

#[track_caller]
fn operations(model: &str) -> Calls {
    let name = "model_operation_duration_seconds_count";
    let labels = [("model", model), ("operation", "upsert")];
    by_outcome(&REGISTRY, name, &labels)
}

struct UserRepository;

#[track_model(registry = REGISTRY)]
impl UserRepository {
    #[track_model(upsert, created = |ret| matches!(ret, Ok((true, _))))]
    fn put(&self, made: bool, end: End) -> Result<(bool, u32), Failure> {
        end.reach().map(|value| (made, value))
    }

    #[track_model(
        upsert,
        model = "Row",
        created = |ret| matches!(ret, Ok((true, _))),
        rows = |(_, rows)| *rows
    )]
    async fn put_all(&self, made: bool, end: End) -> Result<(bool, u32), Failure> {
        end.wait().await;
        end.reach().map(|value| (made, value))
    }
}

// Mutation: `Record::Replaced` doesn't look at the outcome.
#[test]
fn what_is_made_is_inserted_and_what_was_there_is_updated() {
    assert_eq!(rows("User"), (Some(0.0), Some(0.0)));
    assert_eq!(UserRepository.put(true, End::Return), Ok((true, VALUE)));
    assert_eq!(rows("User"), (Some(1.0), Some(0.0)));
    assert_eq!(UserRepository.put(false, End::Return), Ok((false, VALUE)));
    assert_eq!(UserRepository.put(false, End::Return), Ok((false, VALUE)));
    assert_eq!(rows("User"), (Some(1.0), Some(2.0)));
    assert_eq!(UserRepository.put(true, End::Fail), Err(Failure));
    assert_panics(|| UserRepository.put(true, End::Panic));
    assert_eq!(rows("User"), (Some(1.0), Some(2.0)));
    let calls = Calls {
        ok: 3.0,
        ..Calls::EACH
    };
    assert_eq!(operations("User"), calls);
}

#[test]
fn rows_say_how_many_were_made_or_there() {
    let put = |made, end| UserRepository.put_all(made, end);
    assert_eq!(ready(put(true, End::Return)), Ok((true, VALUE)));
    assert_eq!(rows("Row"), (Some(7.0), Some(0.0)));
    assert_eq!(ready(put(false, End::Return)), Ok((false, VALUE)));
    assert_eq!(ready(put(false, End::Fail)), Err(Failure));
    assert_panics(|| ready(put(true, End::Panic)));
    cancel(put(true, End::Wait));
    assert_eq!(rows("Row"), (Some(7.0), Some(7.0)));
    let calls = Calls {
        ok: 2.0,
        ..Calls::EACH_ASYNC
    };
    assert_eq!(operations("Row"), calls);
}

#[track_model(
    upsert,
    model = "Panicking",
    created = |_: &u8| -> bool { std::panic::panic_any("created") },
    registry = REGISTRY
)]
fn panicking() -> u8 {
    1
}

#[test]
fn a_panic_of_the_closure_is_the_calls() {
    let (payload, _) = caught(panicking);
    assert_eq!(payload.downcast_ref(), Some(&"created"));
    assert_eq!(rows("Panicking"), (Some(0.0), Some(0.0)));
    let calls = Calls {
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(operations("Panicking"), calls);
}
