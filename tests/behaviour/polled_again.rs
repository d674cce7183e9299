//! Futures that may be polled again once they were ready: that is no second
//! call.

use std::future::{Future, poll_fn};
use std::task::Poll;

use metrics_runtime::{Registry, counted, timed};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, cancel, counted as counts, ready, timed as times,
};

static REGISTRY: Registry = Registry::new();

/// Ends at each poll as it is told for it.
fn in_turn(ends: &[End]) -> impl Future<Output = Result<u32, Failure>> + Unpin {
    let mut ends = ends.iter();
    poll_fn(
        move |_| match ends.next().expect("it is told often enough") {
            End::Wait => Poll::Pending,
            end => Poll::Ready(end.reach()),
        },
    )
}

#[counted(registry = REGISTRY)]
fn ready_twice(ends: &[End]) -> impl Future<Output = Result<u32, Failure>> + Unpin {
    in_turn(ends)
}

#[timed(registry = REGISTRY)]
fn timed_twice(ends: &[End]) -> impl Future<Output = Result<u32, Failure>> + Unpin {
    in_turn(ends)
}

#[counted(registry = REGISTRY)]
fn waits_again(ends: &[End]) -> impl Future<Output = Result<u32, Failure>> + Unpin {
    in_turn(ends)
}

#[counted(registry = REGISTRY)]
fn panics_again(ends: &[End]) -> impl Future<Output = Result<u32, Failure>> + Unpin {
    in_turn(ends)
}

// Mutation, for all of these: `Meter::before_poll` leaves a finished call its
// site.
#[test]
fn a_future_that_is_awaited_twice_is_counted_once() {
    let mut future = ready_twice(&[End::Wait, End::Return, End::Wait, End::Fail]);
    assert_eq!(ready(&mut future), Ok(VALUE));
    assert_eq!(ready(&mut future), Err(Failure));
    assert_eq!(counts(&REGISTRY, "ready_twice"), Calls::OK);
    drop(future);
    assert_eq!(counts(&REGISTRY, "ready_twice"), Calls::OK);
}

#[test]
fn a_future_that_is_awaited_twice_is_timed_once() {
    let mut future = timed_twice(&[End::Return, End::Return]);
    assert_eq!(ready(&mut future), Ok(VALUE));
    assert_eq!(ready(&mut future), Ok(VALUE));
    drop(future);
    assert_eq!(times(&REGISTRY, "timed_twice"), Calls::OK);
}

#[test]
fn a_finished_call_is_not_cancelled_by_dropping_its_future_later() {
    let mut future = waits_again(&[End::Return, End::Wait]);
    assert_eq!(ready(&mut future), Ok(VALUE));
    cancel(future);
    assert_eq!(counts(&REGISTRY, "waits_again"), Calls::OK);
}

#[test]
fn a_finished_call_does_not_panic_at_a_later_poll() {
    let mut future = panics_again(&[End::Return, End::Panic]);
    assert_eq!(ready(&mut future), Ok(VALUE));
    assert_panics(|| ready(future));
    assert_eq!(counts(&REGISTRY, "panics_again"), Calls::OK);
}
