//! Several of our attributes on one function.

use metrics_runtime::counted as tally;
use metrics_runtime::{
    Registry, counted, in_progress, timed, track_cache, track_model, track_query, track_task,
};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, check, check_async, counted,
    page, ready, timed,
};

static REGISTRY: Registry = Registry::new();

/// The location of a panic in a body that a macro writes is the macro's call.
fn reach(end: End) -> Result<u32, Failure> {
    end.reach()
}

macro_rules! orders {
    ($($name:ident, $later:ident: $first:meta $second:meta $third:meta;)*) => {
        $(
            #[$first]
            #[$second]
            #[$third]
            fn $name(end: End) -> Result<u32, Failure> {
                reach(end)
            }

            #[$first]
            #[$second]
            #[$third]
            async fn $later(end: End) -> Result<u32, Failure> {
                end.wait().await;
                reach(end)
            }
        )*

        #[test]
        fn attributes_in_any_order_record_each_call_once() {
            $(
                let (name, later) = (stringify!($name), stringify!($later));
                check(&REGISTRY, name, $name);
                assert_eq!(timed(&REGISTRY, name), Calls::EACH);
                check_async(&REGISTRY, later, $later);
                assert_eq!(timed(&REGISTRY, later), Calls::EACH_ASYNC);
            )*
            let families = ["insert", "update", "delete"].map(|operation| {
                let name = "model_operation_duration_seconds_count";
                by_outcome(&REGISTRY, name, &[("operation", operation)])
            });
            let each = Calls { ok: 4.0, error: 4.0, panic: 4.0, cancelled: 2.0 };
            assert_eq!(families, [each; 3]);
            let total = |name| page(&REGISTRY).value(name, &[("model", "X")]);
            assert_eq!(total("model_inserts_total"), Some(4.0));
            assert_eq!(total("model_updates_total"), Some(4.0));
            assert_eq!(total("model_deletes_total"), Some(4.0));
        }
    };
}

orders! {
    tcm, tcm_async: timed counted(registry = REGISTRY) track_model(insert, model = "X");
    tmc, tmc_async: timed track_model(insert, model = "X") counted(registry = REGISTRY);
    ctm, ctm_async: counted(registry = REGISTRY) timed track_model(update, model = "X");
    cmt, cmt_async: counted(registry = REGISTRY) track_model(update, model = "X") timed;
    mtc, mtc_async: track_model(delete, model = "X") timed counted(registry = REGISTRY);
    mct, mct_async: track_model(delete, model = "X") counted(registry = REGISTRY) timed;
}

/// The outermost absorbs the others: a label of each is evaluated once, and all
/// go to one registry.
#[timed(name = "stacked_seconds", help = "Stacked.", labels(kind = kind.as_str()))]
#[counted(name = "stacked_total", help = "Stacked.", labels(kind = &kind))]
#[metrics_runtime::counted(registry = REGISTRY)]
fn by_path(kind: String) -> usize {
    kind.into_bytes().len()
}

#[test]
fn attributes_may_be_named_by_path_and_share_the_registry() {
    assert_eq!(by_path("card".to_owned()), 4);
    let card = [("kind", "card")];
    assert_eq!(
        by_outcome(&REGISTRY, "stacked_seconds_count", &card),
        Calls::OK
    );
    assert_eq!(by_outcome(&REGISTRY, "stacked_total", &card), Calls::OK);
    assert_eq!(counted(&REGISTRY, "by_path"), Calls::OK);
}

#[tally(registry = REGISTRY)]
#[timed(registry = REGISTRY)]
async fn renamed(end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[timed(registry = REGISTRY)]
#[tally(registry = REGISTRY)]
fn renamed_below(end: End) -> Result<u32, Failure> {
    end.reach()
}

#[test]
fn an_attribute_under_another_name_nests() {
    check_async(&REGISTRY, "renamed", renamed);
    assert_eq!(timed(&REGISTRY, "renamed"), Calls::EACH_ASYNC);
    check(&REGISTRY, "renamed_below", renamed_below);
    assert_eq!(timed(&REGISTRY, "renamed_below"), Calls::EACH);
}

static ONE: Registry = Registry::new();

#[timed(registry = ONE)]
#[counted]
#[cfg_attr(all(), must_use)]
fn one_site() -> u32 {
    VALUE
}

#[test]
fn stacked_attributes_are_on_the_page_at_zero_together() {
    let text = ONE.to_text();
    assert!(
        text.contains("function_duration_seconds_count{function=\"one_site\""),
        "{text}"
    );
    assert!(
        text.contains("function_calls_total{function=\"one_site\""),
        "{text}"
    );
    assert_eq!(one_site(), VALUE);
    assert_eq!(
        (counted(&ONE, "one_site"), timed(&ONE, "one_site")),
        (Calls::OK, Calls::OK)
    );
}

/// What a page says, less how long things took, when, and in which module.
#[track_caller]
fn said(registry: &Registry, module: &str) -> Vec<String> {
    let page = page(registry);
    let mut said: Vec<String> = page
        .samples()
        .filter(|sample| !sample.name.ends_with("_bucket") && !sample.name.ends_with("_sum"))
        .map(|sample| {
            let name = &sample.name;
            let labels = format!("{:?}", sample.labels).replace(module, "");
            let value = if name.ends_with("_timestamp_seconds") {
                f64::from(u8::from(sample.value > 1.0))
            } else {
                sample.value
            };
            format!("{name}{labels} {value}")
        })
        .collect();
    said.sort();
    said
}

/// All attributes on one function, in several orders, each in a module and a
/// registry of its own.
macro_rules! all_orders {
    ($($order:ident: $first:meta, $($attribute:meta),+;)*) => {
        $(
            mod $order {
                use super::{
                    End, Failure, Registry, counted, in_progress, reach, timed, track_cache,
                    track_model, track_query, track_task,
                };

                pub(super) static REGISTRY: Registry = Registry::new();

                #[$first]
                $(#[$attribute])+
                #[counted(name = "own_total", labels(end = end == End::Fail), registry = REGISTRY)]
                pub(super) fn now(end: End) -> Result<u32, Failure> {
                    reach(end)
                }

                #[$first]
                $(#[$attribute])+
                #[counted(name = "own_total", labels(end = end == End::Fail), registry = REGISTRY)]
                pub(super) async fn later(end: End) -> Result<u32, Failure> {
                    end.wait().await;
                    reach(end)
                }
            }
        )*

        #[test]
        fn all_attributes_in_any_order_leave_the_same_page() {
            let pages = [$({
                use $order::{REGISTRY, later, now};

                let before = said(&REGISTRY, concat!(module_path!(), "::", stringify!($order)));
                assert_eq!(now(End::Return), Ok(VALUE));
                assert_eq!(now(End::Fail), Err(Failure));
                assert_panics(|| now(End::Panic));
                drop(later(End::Return));
                assert_eq!(ready(later(End::Return)), Ok(VALUE));
                assert_eq!(ready(later(End::Fail)), Err(Failure));
                assert_panics(|| ready(later(End::Panic)));
                cancel(later(End::Wait));
                assert_eq!(counted(&REGISTRY, "now"), Calls::EACH);
                assert_eq!(timed(&REGISTRY, "later"), Calls::EACH_ASYNC);
                let after = said(&REGISTRY, concat!(module_path!(), "::", stringify!($order)));
                (stringify!($order), before, after)
            }),*];
            let [(_, before, after), others @ ..] = &pages;
            assert!(before.len() > 20 && after.len() > before.len(), "{after:#?}");
            for (order, other_before, other_after) in others {
                assert_eq!(before, other_before, "{order}");
                assert_eq!(after, other_after, "{order}");
            }
            for name in ["model_inserts_total", "cache_sets_total", "db_errors_total"] {
                assert_eq!(page(&timed_first::REGISTRY).sum(name, &[]), Some(2.0), "{name}");
            }
        }
    };
}

all_orders! {
    timed_first: timed, counted, in_progress(age), track_model(insert, model = "X"),
        track_query(insert, table = "x"), track_cache(set, cache = "c"), track_task(task = "t");
    counted_first: counted, in_progress(age), track_model(insert, model = "X"),
        track_query(insert, table = "x"), track_cache(set, cache = "c"), track_task(task = "t"),
        timed;
    in_progress_first: in_progress(age), track_model(insert, model = "X"),
        track_query(insert, table = "x"), track_cache(set, cache = "c"), track_task(task = "t"),
        timed, counted;
    model_first: track_model(insert, model = "X"), track_query(insert, table = "x"),
        track_cache(set, cache = "c"), track_task(task = "t"), timed, counted, in_progress(age);
    query_first: track_query(insert, table = "x"), track_cache(set, cache = "c"),
        track_task(task = "t"), timed, counted, in_progress(age),
        track_model(insert, model = "X");
    cache_first: track_cache(set, cache = "c"), track_task(task = "t"), timed, counted,
        in_progress(age), track_model(insert, model = "X"), track_query(insert, table = "x");
    task_first: track_task(task = "t"), track_cache(set, cache = "c"),
        track_query(insert, table = "x"), track_model(insert, model = "X"), in_progress(age),
        counted, timed;
}
