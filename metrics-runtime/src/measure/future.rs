//! Futures of calls that are async.

use super::call::Entered;
use crate::clock::Ticks;
use crate::outcome::{Outcome, Reading};
use pin_project_lite::pin_project;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A value of any type, for an edge that is never taken: it tells the compiler
/// the type of an async block, or that a body may end.
pub fn never<T>() -> T {
    unreachable!("stands where nothing comes")
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
    /// Nothing once the call has ended.
    call: C,
}

impl<C: Entered> Meter<C> {
    pub(super) const fn new(call: C) -> Self {
        Self { call }
    }

    /// Starts the call, if that hasn't been done.
    #[inline]
    pub(super) fn start(&mut self) {
        if !self.call.is_started() {
            self.call.start();
        }
    }

    /// Says, for the time of a poll, that a query is recorded, if the call is one.
    #[inline]
    pub(super) fn tracked(&self) -> C::Tracked {
        self.call.tracked()
    }

    /// The time at which a poll begins, if anybody wants it.
    #[inline]
    pub(super) fn poll_starts(&self) -> Ticks {
        self.call.poll_starts()
    }

    /// The end of the poll that began at this time.
    #[inline]
    pub(super) fn poll_ends(&mut self, start: Ticks) {
        self.call.poll_ends(start);
    }

    /// Ends the call, which nothing is recorded of from now on.
    #[inline]
    pub(super) fn take(&mut self) -> C {
        self.call.take()
    }
}

impl<C: Entered> Drop for Meter<C> {
    /// Suspended: the call was cancelled, even when whoever drops it is
    /// unwinding.
    #[inline]
    fn drop(&mut self) {
        if self.call.is_started() {
            self.call.take().record_rarely(Outcome::Cancelled);
        }
    }
}

/// Records the call as a panic when its `poll` unwinds.
struct Polling<'a, C: Entered> {
    meter: &'a mut Meter<C>,
    start: Ticks,
}

impl<'a, C: Entered> Polling<'a, C> {
    #[inline]
    fn new(meter: &'a mut Meter<C>) -> Self {
        let start = meter.poll_starts();
        Self { meter, start }
    }

    /// The poll is over, and went well.
    #[inline]
    fn end(self) {
        let mut this = ManuallyDrop::new(self);
        let start = this.start;
        this.meter.poll_ends(start);
    }
}

impl<C: Entered> Drop for Polling<'_, C> {
    #[inline]
    fn drop(&mut self) {
        self.meter.poll_ends(self.start);
        self.meter.take().record_rarely(Outcome::Panic);
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
    pub fn finish(self, outcome: Outcome) {
        self.finish_with(outcome, Reading::NONE);
    }

    /// As [`finish`](Self::finish), with what else its value says.
    #[inline]
    pub fn finish_with(self, outcome: Outcome, reading: &Reading<'_>) {
        // Taken before it is recorded, so that there is nothing to do if that
        // should unwind.
        ManuallyDrop::new(self).call.take().record(outcome, reading);
    }

    /// Hands the call over to the stream that it has returned, which starts it
    /// again.
    #[inline]
    pub fn into_call(self) -> C {
        ManuallyDrop::new(self).call.take().unstarted()
    }
}

impl<C: Entered> Drop for Done<C> {
    /// Looking at the value panicked.
    #[inline]
    fn drop(&mut self) {
        self.call.take().record_rarely(Outcome::Panic);
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
        let tracked = this.meter.tracked();
        let polling = Polling::new(this.meter);
        let polled = this.future.poll(context);
        polling.end();
        drop(tracked);
        let Poll::Ready(output) = polled else {
            return Poll::Pending;
        };
        let call = this.meter.take();
        Poll::Ready((output, Done { call }))
    }
}

pin_project! {
    /// Measures the future of a call and has it recorded, for functions that return
    /// their future instead of being async.
    #[must_use = "futures do nothing unless awaited"]
    pub struct MeasuredWith<F, R, M> {
        #[pin]
        measured: Measured<F, M>,
        finish: Option<R>,
    }
}

/// Measures the future of an entered call, which `finish` ends with a look at the
/// output.
pub const fn measured_with<F, R, C: Entered>(
    call: C,
    future: F,
    finish: R,
) -> MeasuredWith<F, R, Meter<C>>
where
    F: Future,
    R: FnOnce(&F::Output, Done<C>),
{
    let meter = Meter { call };
    MeasuredWith {
        measured: Measured { future, meter },
        finish: Some(finish),
    }
}

impl<F, R, C: Entered> Future for MeasuredWith<F, R, Meter<C>>
where
    F: Future,
    R: FnOnce(&F::Output, Done<C>),
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // Not before the first poll: a future that is never polled records
        // nothing. Some may be polled again once they are ready; that is no
        // second call, since the first one is forgotten.
        this.measured.as_mut().project().meter.start();
        let (output, done) = ready!(this.measured.poll(context));
        if let Some(finish) = this.finish.take() {
            finish(&output, done);
        }
        Poll::Ready(output)
    }
}
