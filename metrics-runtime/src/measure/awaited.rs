//! The futures of most async calls, in as little code as they can be: each annotated
//! function has one of its own.

use super::call::Entered;
use super::future::Meter;
use crate::outcome::{Outcome, Reading, Tells};
use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The accounting of a call, which records it as cancelled when it is dropped before it
/// has ended.
pub trait Metered {
    /// Starts the call, if that hasn't been done.
    fn start(&mut self);

    /// Ends the call, which nothing is recorded of from now on.
    fn end(&mut self, outcome: Outcome);
}

/// Enters a site with what its calls carry.
#[inline]
pub fn await_call<C: Entered>(call: C) -> Meter<C> {
    Meter::new(call)
}

impl<C: Entered> Metered for Meter<C> {
    #[inline]
    fn start(&mut self) {
        Self::start(self);
    }

    #[inline]
    fn end(&mut self, outcome: Outcome) {
        self.take().record(outcome, Reading::NONE);
    }
}

/// Records the call as a panic when its `poll`, or what tells its outcome, unwinds.
struct Polling<'a, M: Metered>(&'a mut M);

impl<'a, M: Metered> Polling<'a, M> {
    #[inline]
    fn new(meter: &'a mut M) -> Self {
        meter.start();
        Self(meter)
    }

    /// The poll is over, and went well.
    #[inline]
    fn end<V, T: Tells<V>>(self, polled: &Poll<V>) {
        if let Poll::Ready(value) = polled {
            let outcome = T::outcome_of(value);
            ManuallyDrop::new(self).0.end(outcome);
        } else {
            std::mem::forget(self);
        }
    }
}

impl<M: Metered> Drop for Polling<'_, M> {
    #[inline]
    fn drop(&mut self) {
        self.0.end(Outcome::Panic);
    }
}

/// Measures the future of a call from its first poll, and records it with what its
/// output says.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Awaited<F, M, T> {
    /// Pinned with the whole: nothing moves or drops it before the whole is dropped,
    /// which has no `Drop` of its own.
    pub future: F,
    /// The accounting of the call.
    pub meter: M,
    /// Who tells the outcome.
    pub told: T,
}

// It may move where the future may, and nobody pins the rest.
impl<F: Unpin, M, T> Unpin for Awaited<F, M, T> {}

impl<F, M, T> Future for Awaited<F, M, T>
where
    F: Future,
    M: Metered,
    T: Tells<F::Output>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // By hand: what a macro makes of this would be one more function for each that
        // is annotated, and a tenth of what the compiler has to do for it.
        //
        // SAFETY: the future stays where it is, as long as it lives.
        #[expect(unsafe_code, reason = "the benchmark of compile times shows its worth")]
        let (future, meter) = unsafe {
            let this = self.get_unchecked_mut();
            (Pin::new_unchecked(&mut this.future), &mut this.meter)
        };
        let polling = Polling::new(meter);
        let polled = future.poll(context);
        polling.end::<_, T>(&polled);
        polled
    }
}
