//! `#[track_cache]`: hits and misses of look-ups, and what is written.

#![expect(clippy::unused_self, reason = "the block is what counts")]

use metrics_runtime::{Registry, track_cache};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, caught, page, ready,
};

/// What a cache has counted: hits, misses, sets, deletes and errors.
#[track_caller]
fn counted(registry: &Registry, cache: &str) -> [Option<f64>; 5] {
    let page = page(registry);
    ["hits", "misses", "sets", "deletes", "errors"].map(|what| {
        let family = format!("cache_{what}_total");
        page.value(&family, &[("cache", cache)])
    })
}

#[track_caller]
fn operations(registry: &Registry, cache: &str, operation: &str) -> Calls {
    let name = "cache_operation_duration_seconds_count";
    by_outcome(
        registry,
        name,
        &[("cache", cache), ("operation", operation)],
    )
}

/// What a look-up finds, if it ends well.
fn found(end: End, something: bool) -> Result<Option<u32>, Failure> {
    end.reach().map(|value| something.then_some(value))
}

mod options {
    use super::{Registry, track_cache};

    pub(super) static REGISTRY: Registry = Registry::new();

    #[track_cache(get, cache = "plain", registry = REGISTRY)]
    pub(super) fn get(key: Option<&str>) -> Option<&str> {
        key
    }
}

#[test]
fn an_option_tells_a_hit_from_a_miss() {
    use options::{REGISTRY, get};

    let (zero, one) = (Some(0.0), Some(1.0));
    assert_eq!(
        counted(&REGISTRY, "plain"),
        [zero, zero, None, None, zero],
        "before the first call"
    );
    assert_eq!(get(Some("a")), Some("a"));
    assert_eq!(counted(&REGISTRY, "plain"), [one, zero, None, None, zero]);
    assert_eq!(get(None), None);
    assert_eq!(counted(&REGISTRY, "plain"), [one, one, None, None, zero]);
}

mod results {
    use super::{End, Failure, Registry, found, track_cache};

    pub(super) static REGISTRY: Registry = Registry::new();

    type Found<T> = Result<Option<T>, Failure>;

    pub(super) struct Sessions;

    #[track_cache(cache = "sessions", registry = REGISTRY)]
    impl Sessions {
        #[track_cache(get)]
        pub(super) fn get(&self, end: End, something: bool) -> Found<u32> {
            found(end, something)
        }

        #[track_cache(get, cache = "later")]
        pub(super) async fn get_later(&self, end: End, something: bool) -> Found<u32> {
            end.wait().await;
            found(end, something)
        }

        #[track_cache(set)]
        pub(super) fn set(&self, end: End) -> Result<u32, Failure> {
            end.reach()
        }

        #[track_cache(delete)]
        pub(super) async fn delete(&self, end: End) -> Result<u32, Failure> {
            end.wait().await;
            end.reach()
        }

        pub(super) fn untracked(&self) -> Option<u32> {
            None
        }
    }
}

// Mutation: `Record::Misses` doesn't look at the outcome.
#[test]
fn a_look_up_that_fails_or_panics_is_neither_hit_nor_miss() {
    use results::{REGISTRY, Sessions};

    assert_eq!(Sessions.get(End::Return, true), Ok(Some(VALUE)));
    assert_eq!(Sessions.get(End::Return, true), Ok(Some(VALUE)));
    assert_eq!(Sessions.get(End::Return, false), Ok(None));
    assert_eq!(Sessions.get(End::Fail, true), Err(Failure));
    assert_panics(|| Sessions.get(End::Panic, true));
    assert_eq!(Sessions.untracked(), None);
    let [hits, misses, ..] = counted(&REGISTRY, "sessions");
    assert_eq!((hits, misses), (Some(2.0), Some(1.0)));
    let calls = Calls {
        ok: 3.0,
        ..Calls::EACH
    };
    assert_eq!(operations(&REGISTRY, "sessions", "get"), calls);
}

#[test]
fn a_look_up_that_is_cancelled_is_neither_hit_nor_miss() {
    use results::{REGISTRY, Sessions};

    let get = |end, something| Sessions.get_later(end, something);
    drop(get(End::Return, true));
    assert_eq!(ready(get(End::Return, true)), Ok(Some(VALUE)));
    assert_eq!(ready(get(End::Return, false)), Ok(None));
    assert_eq!(ready(get(End::Fail, true)), Err(Failure));
    assert_panics(|| ready(get(End::Panic, true)));
    cancel(get(End::Wait, true));
    let one = Some(1.0);
    assert_eq!(counted(&REGISTRY, "later"), [one, one, None, None, one]);
    let calls = Calls {
        ok: 2.0,
        ..Calls::EACH_ASYNC
    };
    assert_eq!(operations(&REGISTRY, "later", "get"), calls);
}

// Mutation: `Record::Successes` doesn't look at the outcome.
#[test]
fn only_what_went_well_is_set_or_deleted() {
    use results::{REGISTRY, Sessions};

    assert_eq!(Sessions.set(End::Return), Ok(VALUE));
    assert_eq!(Sessions.set(End::Fail), Err(Failure));
    assert_panics(|| Sessions.set(End::Panic));
    assert_eq!(ready(Sessions.delete(End::Return)), Ok(VALUE));
    assert_eq!(ready(Sessions.delete(End::Fail)), Err(Failure));
    assert_panics(|| ready(Sessions.delete(End::Panic)));
    cancel(Sessions.delete(End::Wait));
    let [_, _, sets, deletes, _] = counted(&REGISTRY, "sessions");
    assert_eq!((sets, deletes), (Some(1.0), Some(1.0)));
    assert_eq!(operations(&REGISTRY, "sessions", "set"), Calls::EACH);
    assert_eq!(
        operations(&REGISTRY, "sessions", "delete"),
        Calls::EACH_ASYNC
    );
}

mod errors {
    use super::{End, Failure, Registry, track_cache};

    pub(super) static REGISTRY: Registry = Registry::new();

    #[track_cache(set, cache = "failing", registry = REGISTRY)]
    pub(super) fn set(end: End) -> Result<u32, Failure> {
        end.reach()
    }
}

#[test]
fn an_error_is_counted_for_its_cache_and_a_panic_is_none() {
    use errors::{REGISTRY, set};

    assert_eq!(set(End::Return), Ok(VALUE));
    assert_panics(|| set(End::Panic));
    assert_eq!(counted(&REGISTRY, "failing")[4], Some(0.0));
    assert_eq!(set(End::Fail), Err(Failure));
    assert_eq!(counted(&REGISTRY, "failing")[4], Some(1.0));
}

mod predicates {
    use super::{End, Failure, Registry, track_cache};

    pub(super) static REGISTRY: Registry = Registry::new();

    #[track_cache(get, cache = "texts", hit = |text| !text.is_empty(), registry = REGISTRY)]
    pub(super) fn text(text: &str) -> &str {
        text
    }

    #[track_cache(
        get,
        cache = "results",
        hit = |ret| matches!(ret, Ok(value) if *value > 3),
        registry = REGISTRY
    )]
    pub(super) async fn above(limit: u32, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach().map(|value| value.saturating_sub(limit))
    }

    /// What says it against the type has the last word.
    #[track_cache(get, cache = "negated", hit = Option::is_none, registry = REGISTRY)]
    pub(super) fn negated(some: Option<u32>) -> Option<u32> {
        some
    }

    #[track_cache(
        get,
        cache = "always",
        hit = |_| true,
        registry = REGISTRY
    )]
    pub(super) fn always(end: End) -> Result<u32, Failure> {
        end.reach()
    }

    #[track_cache(
        get,
        cache = "panicking",
        hit = |_: &u8| -> bool { std::panic::panic_any("hit") },
        registry = REGISTRY
    )]
    pub(super) fn panicking() -> u8 {
        1
    }
}

#[test]
fn a_closure_says_what_a_hit_is_and_sees_the_whole_value() {
    use predicates::{REGISTRY, above, always, negated, text};

    assert_eq!([text("a"), text(""), text("b")], ["a", "", "b"]);
    let hits_and_misses = |cache| {
        let [hits, misses, ..] = counted(&REGISTRY, cache);
        (hits, misses)
    };
    assert_eq!(hits_and_misses("texts"), (Some(2.0), Some(1.0)));
    assert_eq!(ready(above(0, End::Return)), Ok(VALUE));
    assert_eq!(ready(above(VALUE, End::Return)), Ok(0));
    assert_eq!(ready(above(0, End::Fail)), Err(Failure));
    assert_eq!(hits_and_misses("results"), (Some(1.0), Some(1.0)));
    assert_eq!((negated(None), negated(Some(1))), (None, Some(1)));
    assert_eq!(negated(None), None);
    assert_eq!(hits_and_misses("negated"), (Some(2.0), Some(1.0)));
    assert_eq!(always(End::Fail), Err(Failure));
    assert_eq!(hits_and_misses("always"), (Some(0.0), Some(0.0)));
}

#[test]
fn a_panic_of_the_closure_is_the_calls() {
    use predicates::{REGISTRY, panicking};

    let (payload, _) = caught(panicking);
    assert_eq!(payload.downcast_ref(), Some(&"hit"));
    let [hits, misses, ..] = counted(&REGISTRY, "panicking");
    assert_eq!((hits, misses), (Some(0.0), Some(0.0)));
    let calls = Calls {
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(operations(&REGISTRY, "panicking", "get"), calls);
}
