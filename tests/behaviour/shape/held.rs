//! What an async function is given lives as long as its future would without an
//! attribute, and is dropped in the same order.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use metrics_runtime::{Registry, timed};

static REGISTRY: Registry = Registry::new();

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

fn note(what: &'static str) {
    LOG.with_borrow_mut(|log| log.push(what));
}

/// Waits for one poll.
async fn pause() {
    let mut waited = false;
    poll_fn(|_| {
        if std::mem::replace(&mut waited, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

struct Noted(&'static str);

impl Drop for Noted {
    fn drop(&mut self) {
        note(self.0);
    }
}

struct Pair {
    first: Noted,
    #[expect(dead_code, reason = "it is what must not be dropped early")]
    second: Noted,
}

/// The same function without and with an attribute.
macro_rules! both {
    ($($name:ident($($arguments:tt)*) $body:block)*) => {
        mod bare {
            use super::*;
            $(pub(super) async fn $name($($arguments)*) $body)*
        }
        mod measured {
            use super::*;
            $(#[timed(registry = REGISTRY)] pub(super) async fn $name($($arguments)*) $body)*
        }
    };
}

both! {
    used(first: Noted, second: Noted) {
        note("starts");
        pause().await;
        note(first.0);
        note(second.0);
    }
    used_in_the_other_order(first: Noted, second: Noted) {
        note(second.0);
        pause().await;
        note(first.0);
    }
    used_in_part(pair: Pair, last: Noted) {
        note(pair.first.0);
        pause().await;
        note(last.0);
    }
    moved(first: Noted, second: Noted) {
        let local = Noted("local");
        drop(first);
        pause().await;
        note(local.0);
        note(second.0);
    }
    named_in_text(first: u32, second: Noted) {
        let _local = Noted("local");
        pause().await;
        assert_eq!(format!("{first}{}", second.0), "7second");
    }
    changed(mut first: Vec<Noted>, second: Noted) {
        first.push(second);
        pause().await;
        first.pop();
        note("popped");
    }
}

#[expect(unused_variables, reason = "they are what is tested")]
mod unused {
    use super::{Noted, REGISTRY, pause, timed};

    pub(super) async fn bare(first: Noted, second: Noted) {
        pause().await;
    }

    #[timed(registry = REGISTRY)]
    pub(super) async fn measured(first: Noted, second: Noted) {
        pause().await;
    }
}

/// What is noted while the future is polled so often, and then dropped.
fn log_of(future: impl Future<Output = ()>, polls: usize) -> Vec<&'static str> {
    LOG.take();
    {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        for poll in 1..=polls {
            let polled = future.as_mut().poll(&mut context);
            assert_eq!(polled.is_ready(), poll == 2, "at poll {poll}");
            note(if polled == Poll::Pending {
                "waits"
            } else {
                "is ready"
            });
        }
        note("future is dropped");
    }
    LOG.take()
}

#[test]
fn arguments_live_as_long_as_without_an_attribute() {
    let first = || Noted("first");
    let second = || Noted("second");
    let pair = || Pair {
        first: first(),
        second: second(),
    };
    // An unpolled future drops what it was given, in an order of its own.
    for polls in [1, 2] {
        macro_rules! compare {
            ($name:ident($($argument:expr),*)) => {
                let bare = log_of(bare::$name($($argument),*), polls);
                let measured = log_of(measured::$name($($argument),*), polls);
                assert_eq!(measured, bare, "{} after {polls} polls", stringify!($name));
                assert!(bare.len() > polls, "{bare:?}");
            };
        }
        compare!(used(first(), second()));
        compare!(used_in_the_other_order(first(), second()));
        compare!(used_in_part(pair(), Noted("last")));
        compare!(moved(first(), second()));
        compare!(named_in_text(7, second()));
        compare!(changed(vec![first()], second()));
        let bare = log_of(unused::bare(first(), second()), polls);
        assert_eq!(log_of(unused::measured(first(), second()), polls), bare);
    }
}

#[test]
fn a_future_that_is_never_polled_drops_what_it_was_given() {
    let log = log_of(
        measured::used_in_part(
            Pair {
                first: Noted("first"),
                second: Noted("second"),
            },
            Noted("last"),
        ),
        0,
    );
    let (when, mut dropped) = (log[0], log[1..].to_vec());
    dropped.sort_unstable();
    assert_eq!(
        (when, &dropped[..]),
        ("future is dropped", &["first", "last", "second"][..])
    );
}
