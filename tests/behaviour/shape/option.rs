//! Options, on functions of each shape that has its own expansion.
//!
//! What `check` in the sister modules says of the three plain attributes
//! together is said here of each alone and of those with labels, conditions and
//! views of the returned value.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use metrics_runtime::{Outcome, Registry, counted, in_progress, timed};

use crate::driver::{Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, page, ready};

static REGISTRY: Registry = Registry::new();

type Ended = Result<u32, Failure>;

/// The location of a panic in a body that a macro writes is the macro's call.
fn reach(end: End) -> Ended {
    end.reach()
}

/// Functions of the shapes whose value can be looked at, in a module of their
/// own with what calls them to all ends.
macro_rules! looked_at {
    ($set:ident, $text:ident: $($attribute:meta),+) => {
        mod $set {
            use super::*;

            $(#[$attribute])+
            fn plain($text: &str, end: End) -> Ended {
                let value = reach(end)?;
                Ok(value + length($text))
            }

            pub(super) fn call() {
                assert_eq!(plain("", End::Return), Ok(VALUE));
                assert_eq!(plain("", End::Fail), Err(Failure));
                assert_panics(|| plain("", End::Panic));
                futures::call();
            }

            later!(futures, $text: $($attribute),+);
        }
    };
}

/// Those of them that are futures.
macro_rules! later {
    ($set:ident, $text:ident: $($attribute:meta),+) => {
        mod $set {
            use super::*;

            $(#[$attribute])+
            async fn later($text: &str, end: End) -> Ended {
                end.wait().await;
                let value = reach(end)?;
                Ok(value + length($text))
            }

            $(#[$attribute])+
            fn boxed_tail(
                $text: &str,
                end: End,
            ) -> Pin<Box<dyn Future<Output = Ended> + '_>> {
                Box::pin(async move {
                    end.wait().await;
                    let value = reach(end)?;
                    Ok(value + length($text))
                })
            }

            $(#[$attribute])+
            fn boxed($text: &str, end: End) -> BoxFuture<'_, Ended> {
                let future = Box::pin(async move {
                    end.wait().await;
                    let value = reach(end)?;
                    Ok(value + length($text))
                });
                future
            }

            $(#[$attribute])+
            fn opaque($text: &str, end: End) -> impl Future<Output = Ended> {
                async move {
                    end.wait().await;
                    let value = reach(end)?;
                    Ok(value + length($text))
                }
            }

            pub(super) fn call() {
                let each: [fn(&str, End) -> BoxFuture<'_, Ended>; 4] = [
                    |text, end| Box::pin(later(text, end)),
                    |text, end| boxed_tail(text, end),
                    |text, end| boxed(text, end),
                    |text, end| Box::pin(opaque(text, end)),
                ];
                for call in each {
                    drop(call("", End::Return));
                    assert_eq!(ready(call("", End::Return)), Ok(VALUE));
                    assert_eq!(ready(call("", End::Fail)), Err(Failure));
                    assert_panics(|| ready(call("", End::Panic)));
                    cancel(call("", End::Wait));
                }
            }
        }
    };
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Functions of all other shapes.
macro_rules! unseen {
    ($set:ident, $text:ident: $($attribute:meta),+) => {
        mod $set {
            use super::*;

            $(#[$attribute])+
            #[track_caller]
            fn in_place($text: &str, end: End) -> Ended {
                let value = reach(end)?;
                Ok(value + length($text))
            }

            $(#[$attribute])+
            async fn never($text: &str, end: End) -> ! {
                end.wait().await;
                let _ = (reach(end), $text);
                unreachable!("the body doesn't end well")
            }

            $(#[$attribute])+
            fn stream($text: &str, end: End) -> impl Stream<Item = Ended> {
                One(end, length($text))
            }

            $(#[$attribute])+
            fn boxed_stream(
                $text: &str,
                end: End,
            ) -> Pin<Box<dyn Stream<Item = Ended>>> {
                Box::pin(One(end, length($text)))
            }

            $(#[$attribute])+
            async fn stream_later($text: &str, end: End) -> impl Stream<Item = Ended> {
                One(end, length($text))
            }

            pub(super) fn call() {
                let each: [fn(End) -> Pin<Box<dyn Stream<Item = Ended>>>; 3] = [
                    |end| Box::pin(stream("", end)),
                    |end| boxed_stream("", end),
                    |end| Box::pin(ready(stream_later("", end))),
                ];
                for call in each {
                    drop(call(End::Return));
                    assert_eq!(first(call(End::Return)), Some(Ok(VALUE)));
                    assert_eq!(first(call(End::Fail)), Some(Err(Failure)));
                    assert_panics(|| first(call(End::Panic)));
                    assert_eq!(first(call(End::Wait)), None);
                }
                assert_eq!(in_place("", End::Return), Ok(VALUE));
                assert_eq!(in_place("", End::Fail), Err(Failure));
                assert_panics(|| in_place("", End::Panic));
                assert_panics(|| ready(never("", End::Panic)));
                cancel(never("", End::Wait));
            }
        }
    };
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).expect("a short text")
}

/// A stream of what its end says, which is then over.
struct One(End, u32);

impl Stream for One {
    type Item = Ended;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Ended>> {
        match self.1 {
            _ if self.0 == End::Wait => Poll::Pending,
            0 => {
                self.1 = 1;
                Poll::Ready(Some(reach(self.0)))
            }
            _ => Poll::Ready(None),
        }
    }
}

/// The first item of a stream that is then seen to be over; nothing if it waits.
fn first(mut stream: Pin<Box<dyn Stream<Item = Ended>>>) -> Option<Ended> {
    let mut context = Context::from_waker(std::task::Waker::noop());
    match stream.as_mut().poll_next(&mut context) {
        Poll::Pending => None,
        Poll::Ready(item) => {
            let after = stream.as_mut().poll_next(&mut context);
            assert!(matches!(after, Poll::Ready(None)));
            item
        }
    }
}

/// What the futures of a set leave behind.
const LATER: Calls = Calls {
    ok: 4.0,
    error: 4.0,
    panic: 4.0,
    cancelled: 4.0,
};

/// And together with the function that isn't one.
const ALL: Calls = plus(LATER, Calls::EACH);

/// What the other shapes leave behind: one of them can't fail, one can't return,
/// one can't be cancelled.
const UNSEEN: Calls = Calls {
    ok: 5.0,
    error: 3.0,
    panic: 5.0,
    cancelled: 4.0,
};

#[track_caller]
fn recorded(family: &str, labels: &[(&str, &str)]) -> Calls {
    by_outcome(&REGISTRY, family, labels)
}

/// The calls of a set, and of its futures.
fn in_module(set: &str) -> impl Fn(&str) -> Calls {
    let module = format!("{}::{set}", module_path!());
    let futures = format!("{module}::futures");
    move |family| {
        let plain = recorded(family, &[("module", &module)]);
        plus(plain, recorded(family, &[("module", &futures)]))
    }
}

const fn plus(calls: Calls, more: Calls) -> Calls {
    Calls {
        ok: calls.ok + more.ok,
        error: calls.error + more.error,
        panic: calls.panic + more.panic,
        cancelled: calls.cancelled + more.cancelled,
    }
}

looked_at!(timed_alone, text: timed(registry = REGISTRY));
unseen!(timed_alone_unseen, text: timed(registry = REGISTRY));
looked_at!(counted_alone, text: counted(registry = REGISTRY));
unseen!(counted_alone_unseen, text: counted(registry = REGISTRY));

#[test]
fn an_attribute_alone_records_every_shape() {
    timed_alone::call();
    timed_alone_unseen::call();
    counted_alone::call();
    counted_alone_unseen::call();
    let (timed, counted) = ("function_duration_seconds_count", "function_calls_total");
    assert_eq!(in_module("timed_alone")(timed), ALL);
    assert_eq!(in_module("timed_alone_unseen")(timed), UNSEEN);
    assert_eq!(in_module("counted_alone")(counted), ALL);
    assert_eq!(in_module("counted_alone_unseen")(counted), UNSEEN);
}

looked_at!(running, text: in_progress(registry = REGISTRY));
unseen!(running_unseen, text: in_progress(registry = REGISTRY));
looked_at!(running_aged, text: in_progress(age, registry = REGISTRY));
unseen!(running_aged_unseen, text: in_progress(age, registry = REGISTRY));

#[test]
fn nothing_is_in_progress_after_any_end_of_any_shape() {
    running::call();
    running_unseen::call();
    running_aged::call();
    running_aged_unseen::call();
    let page = page(&REGISTRY);
    let samples = page.samples();
    let running: Vec<_> = samples
        .filter(|sample| sample.name == "function_calls_in_progress")
        .collect();
    assert!(running.len() >= 20, "{running:?}");
    for sample in running {
        assert!(sample.value.abs() < f64::EPSILON, "{sample:?}");
    }
    let oldest = page.sum("function_calls_oldest_seconds", &[]);
    assert_eq!(oldest, Some(0.0));
}

looked_at!(of_argument, text: timed(
    name = "of_argument_seconds", help = "By argument.", labels(text = text, set = "a"),
    registry = REGISTRY
), counted(name = "of_argument_total", help = "By argument.", labels(length = text.len() + 1)),
in_progress(name = "of_argument_in_progress", help = "By argument.", labels(text = text)));
unseen!(of_argument_unseen, text: timed(
    name = "of_argument_seconds", help = "By argument.", labels(text = text, set = "b"),
    registry = REGISTRY
), counted(name = "of_argument_total", help = "By argument.", labels(length = text.len() + 2)),
in_progress(name = "of_argument_in_progress", help = "By argument.", labels(text = text)));

#[test]
fn labels_of_arguments_are_recorded_in_every_shape() {
    of_argument::call();
    of_argument_unseen::call();
    for (set, length, calls) in [("a", "1", ALL), ("b", "2", UNSEEN)] {
        let seconds = "of_argument_seconds_count";
        assert_eq!(recorded(seconds, &[("text", ""), ("set", set)]), calls);
        assert_eq!(recorded("of_argument_total", &[("length", length)]), calls);
    }
    let running = page(&REGISTRY).value("of_argument_in_progress", &[("text", "")]);
    assert_eq!(running, Some(0.0));
}

looked_at!(of_returned, text: timed(
    name = "of_returned_seconds", help = "By value.",
    labels(value = |ret| ret.as_ref().copied().unwrap_or(0), text = text),
    registry = REGISTRY
), in_progress);

#[test]
fn labels_of_the_returned_value_are_recorded_in_every_shape() {
    of_returned::call();
    let with = |value| {
        recorded(
            "of_returned_seconds_count",
            &[("text", ""), ("value", value)],
        )
    };
    let calls = ALL;
    let returned = Calls {
        ok: calls.ok,
        ..Calls::NONE
    };
    let failed = Calls {
        error: calls.error,
        ..Calls::NONE
    };
    let unfinished = Calls {
        panic: calls.panic,
        cancelled: calls.cancelled,
        ..Calls::NONE
    };
    assert_eq!(with("7"), returned);
    assert_eq!(with("0"), failed);
    assert_eq!(with(""), unfinished);
}

looked_at!(when_true, text: timed(when = text.is_empty(), registry = REGISTRY), counted(when = text.is_empty()));
unseen!(when_true_unseen, text: timed(when = text.is_empty(), registry = REGISTRY), counted(when = text.is_empty()));
looked_at!(when_false, text: timed(when = !text.is_empty(), registry = REGISTRY), in_progress(when = !text.is_empty()));
unseen!(when_false_unseen, text: timed(when = !text.is_empty(), registry = REGISTRY), in_progress(when = !text.is_empty()));

#[test]
fn a_condition_decides_in_every_shape() {
    when_true::call();
    when_true_unseen::call();
    when_false::call();
    when_false_unseen::call();
    let seconds = "function_duration_seconds_count";
    assert_eq!(in_module("when_true")(seconds), ALL);
    assert_eq!(in_module("when_true_unseen")(seconds), UNSEEN);
    assert_eq!(in_module("when_false")(seconds), Calls::NONE);
    assert_eq!(in_module("when_false_unseen")(seconds), Calls::NONE);
}

looked_at!(by_closure, text: timed(
    outcome = |ret| if ret.is_ok() { Outcome::Ok } else { Outcome::Cancelled },
    registry = REGISTRY
), counted(outcome = |ret| if ret.is_ok() { Outcome::Ok } else { Outcome::Cancelled }));
looked_at!(by_error, text: timed(
    name = "by_error_seconds", help = "By error.", error = |failure| failure.to_string().len(),
    registry = REGISTRY
), counted(name = "by_error_total", help = "By error.", error));

#[test]
fn an_own_outcome_and_an_error_are_told_in_every_shape() {
    by_closure::call();
    let calls = ALL;
    let none_failed = Calls {
        error: 0.0,
        cancelled: calls.cancelled + calls.error,
        ..calls
    };
    for family in ["function_duration_seconds_count", "function_calls_total"] {
        assert_eq!(in_module("by_closure")(family), none_failed);
    }

    by_error::call();
    for (family, label) in [
        ("by_error_seconds_count", "17"),
        ("by_error_total", "failure"),
    ] {
        let errors = Calls {
            error: calls.error,
            ..Calls::NONE
        };
        assert_eq!(recorded(family, &[("error", label)]), errors);
        let others = Calls {
            error: 0.0,
            ..calls
        };
        assert_eq!(recorded(family, &[("error", "")]), others);
    }
}

later!(busy, text: timed(busy, registry = REGISTRY));

#[test]
fn polls_are_timed_in_every_shape_that_has_them() {
    busy::call();
    for family in ["busy", "idle", "longest_poll", "duration"] {
        let name = format!("function_{family}_seconds_count");
        let module = format!("{}::busy", module_path!());
        assert_eq!(recorded(&name, &[("module", &module)]), LATER, "{name}");
    }
}

looked_at!(sampled, text: timed(
    name = "sampled_seconds", help = "All.", sample = 1, buckets = [0.5, 60], registry = REGISTRY
));
unseen!(sampled_unseen, text: timed(
    name = "sampled_seconds", help = "All.", sample = 1, buckets = [0.5, 60], registry = REGISTRY
));

#[test]
fn a_sample_of_all_is_recorded_in_every_shape() {
    sampled::call();
    sampled_unseen::call();
    let all = plus(ALL, UNSEEN);
    assert_eq!(recorded("sampled_seconds_count", &[]), all);
    assert_eq!(in_module("sampled")("function_calls_total"), ALL);
    assert_eq!(in_module("sampled_unseen")("function_calls_total"), UNSEEN);
}
