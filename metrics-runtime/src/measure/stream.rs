//! Streams of calls that return one.

use super::call::Entered;
use super::future::Meter;
use crate::clock::Ticks;
use crate::outcome::{Outcome, Reading};
use futures_core::Stream;
use pin_project_lite::pin_project;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The accounting of a stream, apart from it so that its `Drop` doesn't stand in
/// the way of pinning.
#[derive(Debug)]
pub struct Items<C: Entered> {
    meter: Meter<C>,
    yielded: u64,
    /// The last item was an error.
    failed: bool,
}

impl<C: Entered> Items<C> {
    fn end(&mut self, outcome: Outcome) {
        let call = self.meter.take();
        if call.is_started() {
            let reading = Reading::new().rows(self.yielded).items(self.yielded);
            call.record(outcome, &reading);
        }
    }

    /// How the call ended, unless its last item was an error.
    const fn unless_failed(&self, outcome: Outcome) -> Outcome {
        if self.failed { Outcome::Error } else { outcome }
    }
}

impl<C: Entered> Drop for Items<C> {
    /// Dropped before its end: cancelled, unless that was for an error.
    fn drop(&mut self) {
        self.end(self.unless_failed(Outcome::Cancelled));
    }
}

/// Records the call as a panic when a poll of its stream unwinds.
struct Polling<'a, C: Entered> {
    items: &'a mut Items<C>,
    start: Ticks,
}

impl<'a, C: Entered> Polling<'a, C> {
    fn new(items: &'a mut Items<C>) -> Self {
        let start = items.meter.poll_starts();
        Self { items, start }
    }

    /// The poll is over, and went well.
    fn end(self) {
        let mut this = ManuallyDrop::new(self);
        let start = this.start;
        this.items.meter.poll_ends(start);
    }
}

impl<C: Entered> Drop for Polling<'_, C> {
    fn drop(&mut self) {
        self.items.meter.poll_ends(self.start);
        self.items.end(Outcome::Panic);
    }
}

pin_project! {
    /// Measures the stream that a call returns, from its first poll to its end, or
    /// until it is dropped.
    #[must_use = "streams do nothing unless polled"]
    pub struct MeasuredStream<S, R, I> {
        #[pin]
        stream: S,
        classify: R,
        items: I,
    }
}

/// Measures the stream of an entered call; `classify` looks at each item.
pub const fn measured_stream<S, R, C: Entered>(
    call: C,
    stream: S,
    classify: R,
) -> MeasuredStream<S, R, Items<C>>
where
    S: Stream,
    R: FnMut(&S::Item) -> Outcome,
{
    let items = Items {
        meter: Meter::new(call),
        yielded: 0,
        failed: false,
    };
    MeasuredStream {
        stream,
        classify,
        items,
    }
}

impl<S, R, C: Entered> Stream for MeasuredStream<S, R, Items<C>>
where
    S: Stream,
    R: FnMut(&S::Item) -> Outcome,
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let items = this.items;
        // Not before the first poll: a stream that is never polled records
        // nothing. It isn't started again after its end.
        items.meter.start();
        let tracked = items.meter.tracked();
        let polling = Polling::new(items);
        let polled = this.stream.poll_next(context);
        drop(tracked);
        let Poll::Ready(next) = polled else {
            polling.end();
            return Poll::Pending;
        };
        let failed = next
            .as_ref()
            .is_some_and(|item| (this.classify)(item) == Outcome::Error);
        polling.end();
        items.failed = failed || next.is_none() && items.failed;
        if next.is_some() {
            items.yielded += 1;
        } else {
            items.end(items.unless_failed(Outcome::Ok));
        }
        Poll::Ready(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}
