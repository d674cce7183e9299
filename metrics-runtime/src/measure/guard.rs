//! Guards of calls that aren't async.

use super::call::Entered;
use crate::outcome::{Outcome, Reading};
use std::mem::ManuallyDrop;

/// Records a call when it is finished, as a panic when it is dropped before.
///
/// The body runs in a closure or is one that nothing leaves early, so only unwinding
/// drops an unfinished guard.
#[derive(Debug)]
#[must_use]
pub struct Guard<C: Entered> {
    call: C,
}

impl<C: Entered> Guard<C> {
    /// Guards an entered call, whose time counts from now on.
    #[inline]
    pub fn new(mut call: C) -> Self {
        call.start();
        Self { call }
    }

    /// Records the call with what its value says.
    #[inline]
    pub fn finish(self, outcome: Outcome) {
        self.disarmed().record(outcome, Reading::NONE);
    }

    /// As [`finish`](Self::finish), with what else its value says.
    #[inline]
    pub fn finish_with(self, outcome: Outcome, reading: &Reading<'_>) {
        self.disarmed().record(outcome, reading);
    }

    /// Hands the call over to the future that the body has made, which starts
    /// it again.
    #[inline]
    pub fn into_call(self) -> C {
        self.disarmed().unstarted()
    }

    #[inline]
    fn disarmed(self) -> C {
        ManuallyDrop::new(self).call.take()
    }
}

impl<C: Entered> Drop for Guard<C> {
    #[inline]
    fn drop(&mut self) {
        self.call.take().record_rarely(Outcome::Panic);
    }
}

/// Records a call whose value can't be looked at, because its body must stay
/// where it is: a function that never returns or that is `#[track_caller]`.
#[derive(Debug)]
#[must_use]
pub struct PlainGuard<C: Entered> {
    call: C,
    /// Called while unwinding, by a destructor: a further panic aborts, so the
    /// call can only end well.
    unwinding: bool,
}

impl<C: Entered> PlainGuard<C> {
    /// As [`Guard::new`].
    #[inline]
    pub fn new(mut call: C) -> Self {
        call.start();
        Self {
            call,
            unwinding: std::thread::panicking(),
        }
    }

    /// As [`Guard::into_call`].
    #[inline]
    pub fn into_call(self) -> C {
        ManuallyDrop::new(self).call.take().unstarted()
    }
}

impl<C: Entered> Drop for PlainGuard<C> {
    fn drop(&mut self) {
        let panicked = std::thread::panicking() && !self.unwinding;
        let outcome = if panicked {
            Outcome::Panic
        } else {
            Outcome::Ok
        };
        self.call.take().record(outcome, Reading::NONE);
    }
}

/// Runs a body. The bound fixes the closure's kind, so that a body may return
/// a reborrow of what it captured.
#[inline]
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Runs the body of an entered call, which `finish` ends with a look at the value.
#[inline]
pub fn measured_call<T, C: Entered>(
    call: C,
    body: impl FnOnce() -> T,
    finish: impl FnOnce(&T, Guard<C>),
) -> T {
    let guard = Guard::new(call);
    let out = body();
    finish(&out, guard);
    out
}
