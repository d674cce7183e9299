//! Futures and streams of sqlx that are measured.
//!
//! Those that sqlx makes of its two required methods by default, with a box for each
//! step, are made here of the same two: what is measured then costs no box more than
//! what isn't.

use super::meter::{Meter, Rows};
use futures_core::Stream;
use sqlx::{Either, Error};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What the methods of sqlx's `Executor` return.
pub(super) type BoxFuture<'e, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'e>>;

/// What the methods of sqlx's `Executor` return.
pub(super) type BoxStream<'e, T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send + 'e>>;

/// A future of sqlx, of whose value `finish` makes what the caller gets: an error, too,
/// after which what is measured has still ended well.
pub(super) struct Measured<F, M> {
    inner: F,
    meter: Meter,
    finish: M,
}

impl<F, M> Measured<F, M> {
    pub(super) fn new<T, U>(inner: F, meter: Meter, finish: M) -> Self
    where
        F: Future<Output = Result<T, Error>>,
        M: Fn(T) -> (Result<U, Error>, Rows),
    {
        Self {
            inner,
            meter,
            finish,
        }
    }
}

impl<F, M> fmt::Debug for Measured<F, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Measured").field(&self.meter).finish()
    }
}

impl<F, T, M, U> Future for Measured<F, M>
where
    F: Future<Output = Result<T, Error>> + Unpin,
    M: Fn(T) -> (Result<U, Error>, Rows) + Unpin,
{
    type Output = Result<U, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let polling = this.meter.enter();
        let polled = Pin::new(&mut this.inner).poll(context);
        polling.end();
        Poll::Ready(match ready!(polled) {
            Ok(value) => {
                let (finished, rows) = (this.finish)(value);
                this.meter.add(rows);
                this.meter.succeed();
                finished
            }
            Err(error) => {
                this.meter.fail(&error);
                Err(error)
            }
        })
    }
}

/// A stream of sqlx by its steps, results of statements and rows.
struct Steps<'e, Q, R> {
    inner: BoxStream<'e, Either<Q, R>>,
    meter: Meter,
}

impl<Q, R> Steps<'_, Q, R> {
    /// The next step. What is measured ends with the last one, or with an error.
    #[inline]
    fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Either<Q, R>, Error>>> {
        let polling = self.meter.enter();
        let polled = self.inner.as_mut().poll_next(context);
        polling.end();
        match &polled {
            Poll::Ready(None) => self.meter.succeed(),
            Poll::Ready(Some(Err(error))) => self.meter.fail(error),
            Poll::Ready(Some(Ok(_))) | Poll::Pending => {}
        }
        polled
    }
}

/// A stream of sqlx, of whose steps `pick` keeps those that the caller gets.
pub(super) struct Picked<'e, Q, R, M> {
    steps: Steps<'e, Q, R>,
    pick: M,
}

impl<'e, Q, R, M> Picked<'e, Q, R, M> {
    pub(super) fn new<T>(inner: BoxStream<'e, Either<Q, R>>, meter: Meter, pick: M) -> Self
    where
        M: Fn(Either<Q, R>) -> Option<(T, Rows)>,
    {
        let steps = Steps { inner, meter };
        Self { steps, pick }
    }
}

// The stream is in a box, and nothing else needs its place.
impl<Q, R, M> Unpin for Picked<'_, Q, R, M> {}

impl<Q, R, T, M> Stream for Picked<'_, Q, R, M>
where
    M: Fn(Either<Q, R>) -> Option<(T, Rows)>,
{
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            let Some(step) = ready!(this.steps.poll_next(context)?) else {
                return Poll::Ready(None);
            };
            if let Some((value, rows)) = (this.pick)(step) {
                this.steps.meter.add(rows);
                return Poll::Ready(Some(Ok(value)));
            }
        }
    }
}

/// All steps of a stream of sqlx, taken together by `push`.
pub(super) struct Collected<'e, Q, R, T, M> {
    steps: Steps<'e, Q, R>,
    all: T,
    push: M,
}

impl<'e, Q, R, T: Default, M> Collected<'e, Q, R, T, M> {
    pub(super) fn new(inner: BoxStream<'e, Either<Q, R>>, meter: Meter, push: M) -> Self
    where
        M: Fn(&mut T, Either<Q, R>) -> Rows,
    {
        Self {
            steps: Steps { inner, meter },
            all: T::default(),
            push,
        }
    }
}

// As above.
impl<Q, R, T, M> Unpin for Collected<'_, Q, R, T, M> {}

impl<Q, R, T, M> Future for Collected<'_, Q, R, T, M>
where
    T: Default,
    M: Fn(&mut T, Either<Q, R>) -> Rows,
{
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let Some(step) = ready!(this.steps.poll_next(context)?) else {
                return Poll::Ready(Ok(std::mem::take(&mut this.all)));
            };
            let rows = (this.push)(&mut this.all, step);
            this.steps.meter.add(rows);
        }
    }
}
