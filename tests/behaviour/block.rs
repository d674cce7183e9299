//! Blocks, closures and futures that are measured by function-like macros.

use std::collections::HashMap;

use metrics_runtime::{Outcome, Registry, block};

use crate::driver::{
    Calls, End, Failure, VALUE, cancel, check, check_async, counted, page, ready, timed,
};

static REGISTRY: Registry = Registry::new();

#[test]
fn measures_a_block_which_an_early_return_leaves() {
    check(&REGISTRY, "block", |end| {
        let value = block::counted!("block", registry = REGISTRY, {
            if end == End::Fail {
                return Err(Failure);
            }
            let value = end.reach()?;
            Ok(value)
        });
        // A `return` in the block doesn't come here by leaving the closure.
        value.map(|value: u32| value)
    });
}

#[test]
fn measures_an_expression_that_is_no_block() {
    check(&REGISTRY, "expression", |end| {
        block::counted!("expression", registry = REGISTRY, end.reach())
    });
}

#[test]
fn measures_a_future_from_its_first_poll_on() {
    check_async(&REGISTRY, "future", |end| {
        block::counted!("future", registry = REGISTRY, async move {
            end.wait().await;
            let value = end.reach()?;
            Ok(value)
        })
    });
}

#[test]
fn measures_each_call_of_a_closure() {
    let offset = 0;
    let closure = block::counted!(
        "closure",
        registry = REGISTRY,
        |end: End| -> Result<u32, Failure> {
            let value = end.reach()?;
            Ok(value + offset)
        }
    );
    check(&REGISTRY, "closure", closure);
}

#[test]
fn measures_a_closure_that_changes_what_it_captured() {
    let mut sum = 0;
    let mut add = block::counted!("adding", registry = REGISTRY, |more: u32| sum += more);
    add(1);
    add(2);
    assert_eq!(sum, 3);
    let expected = Calls {
        ok: 2.0,
        ..Calls::NONE
    };
    assert_eq!(counted(&REGISTRY, "adding"), expected);
}

#[test]
fn measures_the_futures_of_async_closures() {
    let closure = block::counted!("async_closure", registry = REGISTRY, async |end: End| {
        end.wait().await;
        end.reach()
    });
    check_async(&REGISTRY, "async_closure", closure);
    check_async(
        &REGISTRY,
        "closure_of_a_future",
        block::counted!(
            "closure_of_a_future",
            registry = REGISTRY,
            |end: End| async move {
                end.wait().await;
                end.reach()
            }
        ),
    );
}

#[test]
fn takes_the_options_of_its_attribute() {
    for kind in ["a", "b"] {
        let value = block::timed!(
            "option",
            registry = REGISTRY,
            name = "block_duration_seconds",
            labels(kind = kind, function, value = |ret| *ret),
            outcome = |ret| if *ret > 6 {
                Outcome::Error
            } else {
                Outcome::Ok
            },
            when = kind == "a",
            { VALUE },
        );
        assert_eq!(value, VALUE);
    }
    let page = page(&REGISTRY);
    let labels = [
        ("kind", "a"),
        ("function", "option"),
        ("value", "7"),
        ("outcome", "error"),
    ];
    let name = "block_duration_seconds_count";
    assert_eq!(page.value(name, &labels), Some(1.0));
    assert_eq!(page.sum(name, &[]), Some(1.0));
}

#[test]
fn stands_in_for_every_attribute() {
    let found = block::track_cache!("get", get, cache = "c", registry = REGISTRY, {
        Some(VALUE)
    });
    assert_eq!(found, Some(VALUE));
    let query = || {
        block::track_query!("find", select, table = "t", registry = REGISTRY, async {
            End::Wait.wait().await;
        })
    };
    cancel(query());
    let task = block::track_task!("nightly", registry = REGISTRY, async {
        End::Return.reach()
    });
    assert_eq!(ready(task), Ok(VALUE));
    let running = block::in_progress!("running", registry = REGISTRY, {
        page(&REGISTRY).sum("function_calls_in_progress", &[("function", "running")])
    });
    assert_eq!(running, Some(1.0));
    block::timed!("timed", registry = REGISTRY, {});
    assert_eq!(timed(&REGISTRY, "timed"), Calls::OK);
    let page = page(&REGISTRY);
    for (name, labels, expected) in [
        ("cache_hits_total", ("cache", "c"), 1.0),
        ("db_queries_total", ("outcome", "cancelled"), 1.0),
        ("task_runs_total", ("task", "nightly"), 1.0),
        ("function_calls_in_progress", ("function", "running"), 0.0),
    ] {
        assert_eq!(page.sum(name, &[labels]), Some(expected), "{name}");
    }
}

#[test]
fn commas_of_an_expression_are_no_ends_of_options() {
    let pairs = block::counted!("generic", registry = REGISTRY, HashMap::<u8, u8>::new());
    assert!(pairs.is_empty());
    assert_eq!(counted(&REGISTRY, "generic"), Calls::OK);
}
