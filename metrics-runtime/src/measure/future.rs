//! Futures of calls that are async.

use super::call::Entered;
use crate::outcome::{Outcome, Reading};
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A value of any type, for an edge that is never taken: it tells the compiler
/// the type of an async block.
pub fn never<T>() -> T {
    unreachable!("stands behind `if false`")
}

/// Tells an async block its type, by an edge that is never taken: an
/// annotation on the block can't be written, and a type on what awaits it comes
/// too late for `?`.
#[doc(hidden)]
#[macro_export]
macro_rules! __returns {
    ($type:ty) => {
        if false {
            return $crate::__private::never::<$type>();
        }
    };
}

/// The accounting of a call, apart from the future so that its `Drop` doesn't
/// stand in the way of pinning.
#[derive(Debug)]
pub struct Meter<C: Entered> {
    /// Forgotten once the call has ended.
    call: C,
}

impl<C: Entered> Meter<C> {
    /// Ends the call, which nothing is recorded of from now on.
    #[inline]
    fn take(&mut self) -> C {
        let call = self.call;
        self.call = call.forgotten();
        call
    }
}

impl<C: Entered> Drop for Meter<C> {
    /// Suspended: the call was cancelled, even when whoever drops it is
    /// unwinding.
    #[inline]
    fn drop(&mut self) {
        if self.call.is_started() {
            self.call.record_rarely(Outcome::Cancelled);
        }
    }
}

/// Records the call as a panic when its `poll` unwinds.
struct Polling<'a, C: Entered>(&'a mut Meter<C>);

impl<C: Entered> Drop for Polling<'_, C> {
    #[inline]
    fn drop(&mut self) {
        self.0.take().record_rarely(Outcome::Panic);
    }
}

/// A call whose future is ready, and whose value isn't looked at yet.
#[derive(Debug)]
#[must_use]
pub struct Done<C: Entered> {
    call: C,
}

impl<C: Entered> Done<C> {
    /// Records the call with what its value says.
    #[inline]
    pub fn finish(self, reading: Reading) {
        let call = self.call;
        // Before it is recorded, so that there is nothing to do if that should
        // unwind.
        std::mem::forget(self);
        call.record(reading);
    }
}

impl<C: Entered> Drop for Done<C> {
    /// Looking at the value panicked.
    #[inline]
    fn drop(&mut self) {
        self.call.record_rarely(Outcome::Panic);
    }
}

pin_project! {
    /// Measures the future of a call; its output carries what is left to do.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Measured<F, M> {
        #[pin]
        future: F,
        meter: M,
    }
}

/// Measures the future of an entered call, which starts now: the body of an
/// async function is where this is called, and it runs when it is polled first.
#[inline]
pub fn measured<F, C: Entered>(mut call: C, future: F) -> Measured<F, Meter<C>> {
    call.start();
    let meter = Meter { call };
    Measured { future, meter }
}

impl<F: Future, C: Entered> Future for Measured<F, Meter<C>> {
    type Output = (F::Output, Done<C>);

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polling = Polling(this.meter);
        let polled = this.future.poll(context);
        std::mem::forget(polling);
        let Poll::Ready(output) = polled else {
            return Poll::Pending;
        };
        let call = this.meter.take();
        Poll::Ready((output, Done { call }))
    }
}

pin_project! {
    /// Measures the future of a call and records it by itself, for functions
    /// that return their future instead of being async.
    #[must_use = "futures do nothing unless awaited"]
    pub struct MeasuredWith<F, R, M> {
        #[pin]
        measured: Measured<F, M>,
        classify: Option<R>,
    }
}

/// Measures the future of an entered call, whose output `classify` looks at.
pub const fn measured_with<F, R, C: Entered>(
    call: C,
    future: F,
    classify: R,
) -> MeasuredWith<F, R, Meter<C>>
where
    F: Future,
    R: FnOnce(&F::Output) -> Reading,
{
    let meter = Meter { call };
    MeasuredWith {
        measured: Measured { future, meter },
        classify: Some(classify),
    }
}

impl<F, R, C: Entered> Future for MeasuredWith<F, R, Meter<C>>
where
    F: Future,
    R: FnOnce(&F::Output) -> Reading,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // Not before the first poll: a future that is never polled records
        // nothing. Some may be polled again once they are ready; that is no
        // second call, since the first one is forgotten.
        let meter = this.measured.as_mut().project().meter;
        if !meter.call.is_started() {
            meter.call.start();
        }
        let (output, done) = ready!(this.measured.poll(context));
        if let Some(classify) = this.classify.take() {
            done.finish(classify(&output));
        }
        Poll::Ready(output)
    }
}
