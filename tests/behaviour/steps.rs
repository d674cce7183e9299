//! Streams that do at each poll as they are told.

use std::collections::VecDeque;
use std::panic::panic_any;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

/// What a stream does at one poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<T> {
    Yield(T),
    Wait,
    Panic,
}

/// What a stream panics with.
pub(crate) const PANIC: &str = "a step on purpose";

/// A stream that has ended after its last step.
#[derive(Debug)]
pub(crate) struct Steps<T>(VecDeque<Step<T>>);

impl<T> Steps<T> {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step<T>>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// A stream that yields these items.
    pub(crate) fn of(items: impl IntoIterator<Item = T>) -> Self {
        Self::new(items.into_iter().map(Step::Yield))
    }
}

impl<T: Unpin> Stream for Steps<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        match self.0.pop_front() {
            Some(Step::Yield(item)) => Poll::Ready(Some(item)),
            Some(Step::Wait) => Poll::Pending,
            Some(Step::Panic) => panic_any(PANIC),
            None => Poll::Ready(None),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.0.len()))
    }
}

/// Polls a stream once.
pub(crate) fn poll_next<S: Stream + ?Sized>(stream: Pin<&mut S>) -> Poll<Option<S::Item>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
}

/// Polls a stream to its end.
pub(crate) fn collect<S: Stream + ?Sized>(mut stream: Pin<&mut S>) -> Vec<S::Item> {
    let mut items = Vec::new();
    loop {
        match poll_next(stream.as_mut()) {
            Poll::Ready(Some(item)) => items.push(item),
            Poll::Ready(None) => return items,
            Poll::Pending => {}
        }
    }
}
