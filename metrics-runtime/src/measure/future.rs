//! Futures of calls that are async.

use super::Call;
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

/// Where a measured call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Never polled: there is nothing to record.
    New,
    /// Within `poll`: if this is dropped now, the body has unwound.
    Polling,
    /// Between two polls: if this is dropped now, the call was cancelled, even
    /// when whoever drops it is unwinding.
    Suspended,
    Finished,
}

/// The accounting of a call, apart from the future so that its `Drop` doesn't
/// stand in the way of pinning.
#[derive(Debug)]
pub struct Meter<const D: usize> {
    call: Call<D>,
    state: State,
}

impl<const D: usize> Meter<D> {
    const fn new(call: Call<D>) -> Self {
        Self {
            call,
            state: State::New,
        }
    }

    fn before_poll(&mut self) {
        match self.state {
            State::New => self.call.restart(),
            State::Polling | State::Suspended => {}
            // Some futures may be polled again once they are ready; that is
            // no second call.
            State::Finished => {
                self.call.site = None;
            }
        }
        self.state = State::Polling;
    }
}

impl<const D: usize> Drop for Meter<D> {
    fn drop(&mut self) {
        let outcome = match self.state {
            State::New | State::Finished => return,
            State::Polling => Outcome::Panic,
            State::Suspended => Outcome::Cancelled,
        };
        self.call.record(Reading::new(outcome));
    }
}

/// A call whose future is ready: its time is taken, its value isn't looked at
/// yet.
#[derive(Debug)]
#[must_use]
pub struct Done<const D: usize> {
    call: Call<D>,
    nanos: u64,
}

impl<const D: usize> Done<D> {
    /// Records the call with what its value says.
    pub fn finish(self, reading: Reading) {
        self.call.record_after(self.nanos, reading);
        std::mem::forget(self);
    }
}

impl<const D: usize> Drop for Done<D> {
    /// Looking at the value panicked.
    #[cold]
    fn drop(&mut self) {
        let reading = Reading::new(Outcome::Panic);
        self.call.record_after(self.nanos, reading);
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

/// Measures the future of an entered call.
pub const fn measured<F, const D: usize>(call: Call<D>, future: F) -> Measured<F, Meter<D>> {
    let meter = Meter::new(call);
    Measured { future, meter }
}

impl<F: Future, const D: usize> Future for Measured<F, Meter<D>> {
    type Output = (F::Output, Done<D>);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.meter.before_poll();
        let Poll::Ready(output) = this.future.poll(context) else {
            this.meter.state = State::Suspended;
            return Poll::Pending;
        };
        this.meter.state = State::Finished;
        let call = this.meter.call;
        let nanos = call.elapsed_nanos();
        Poll::Ready((output, Done { call, nanos }))
    }
}

pin_project! {
    /// Measures the future of a call and records it by itself, for functions
    /// that return their future instead of being async.
    #[must_use = "futures do nothing unless awaited"]
    pub struct MeasuredWith<F, C, M> {
        #[pin]
        measured: Measured<F, M>,
        classify: Option<C>,
    }
}

/// Measures the future of an entered call, whose output `classify` looks at.
pub const fn measured_with<F, C, const D: usize>(
    call: Call<D>,
    future: F,
    classify: C,
) -> MeasuredWith<F, C, Meter<D>>
where
    F: Future,
    C: FnOnce(&F::Output) -> Reading,
{
    MeasuredWith {
        measured: measured(call, future),
        classify: Some(classify),
    }
}

impl<F, C, const D: usize> Future for MeasuredWith<F, C, Meter<D>>
where
    F: Future,
    C: FnOnce(&F::Output) -> Reading,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (output, done) = ready!(this.measured.poll(context));
        if let Some(classify) = this.classify.take() {
            done.finish(classify(&output));
        }
        Poll::Ready(output)
    }
}
