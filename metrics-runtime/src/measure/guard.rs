//! Guards of calls that aren't async.

use super::Call;
use crate::outcome::{Outcome, Reading};

/// Records a call when it is finished, as a panic when it is dropped before.
///
/// The body runs in a closure, so only unwinding drops an unfinished guard.
#[derive(Debug)]
#[must_use]
pub struct Guard<const D: usize> {
    call: Call<D>,
}

impl<const D: usize> Guard<D> {
    /// Guards an entered call.
    pub fn new(call: Call<D>) -> Self {
        Self { call }
    }

    /// Records the call with what its value says.
    pub fn finish(self, reading: Reading) {
        self.call.record(reading);
        std::mem::forget(self);
    }

    /// Hands the call over to the future that the body has made.
    pub fn into_call(self) -> Call<D> {
        let call = self.call;
        std::mem::forget(self);
        call
    }
}

impl<const D: usize> Drop for Guard<D> {
    #[cold]
    fn drop(&mut self) {
        self.call.record(Reading::new(Outcome::Panic));
    }
}

/// Records a call whose value can't be looked at, because its body must stay
/// where it is: a function that never returns or that is `#[track_caller]`.
#[derive(Debug)]
#[must_use]
pub struct PlainGuard<const D: usize> {
    call: Call<D>,
    /// Called while unwinding, by a destructor: a further panic aborts, so the
    /// call can only end well.
    unwinding: bool,
}

impl<const D: usize> PlainGuard<D> {
    /// Guards an entered call.
    pub fn new(call: Call<D>) -> Self {
        Self {
            call,
            unwinding: std::thread::panicking(),
        }
    }

    /// As [`Guard::into_call`].
    pub fn into_call(self) -> Call<D> {
        let call = self.call;
        std::mem::forget(self);
        call
    }
}

impl<const D: usize> Drop for PlainGuard<D> {
    fn drop(&mut self) {
        let panicked = std::thread::panicking() && !self.unwinding;
        let outcome = if panicked {
            Outcome::Panic
        } else {
            Outcome::Ok
        };
        self.call.record(Reading::new(outcome));
    }
}

/// Runs a body. The bound fixes the closure's kind, so that a body may return
/// a reborrow of what it captured.
#[inline]
pub fn call<R>(body: impl FnOnce() -> R) -> R {
    body()
}
