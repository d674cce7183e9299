//! Futures and streams of sqlx that are measured.

use super::meter::{Meter, Rows};
use futures_core::Stream;
use sqlx::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What the methods of sqlx's `Executor` return.
pub(super) type BoxFuture<'e, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'e>>;

/// What the methods of sqlx's `Executor` return.
pub(super) type BoxStream<'e, T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send + 'e>>;

/// A future or a stream of sqlx, whose values `rows` looks at.
pub(super) struct Measured<F, T> {
    inner: F,
    meter: Meter,
    rows: fn(&T) -> Rows,
}

impl<F, T> Measured<F, T> {
    pub(super) const fn new(inner: F, meter: Meter, rows: fn(&T) -> Rows) -> Self {
        Self { inner, meter, rows }
    }
}

impl<F, T> fmt::Debug for Measured<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Measured").field(&self.meter).finish()
    }
}

impl<F, T> Future for Measured<F, T>
where
    F: Future<Output = Result<T, Error>> + Unpin,
{
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let polling = this.meter.enter();
        let polled = Pin::new(&mut this.inner).poll(context);
        polling.end();
        match &polled {
            Poll::Pending => {}
            Poll::Ready(Ok(value)) => {
                this.meter.add((this.rows)(value));
                this.meter.succeed();
            }
            Poll::Ready(Err(error)) => this.meter.fail(error),
        }
        polled
    }
}

impl<F, T> Stream for Measured<F, T>
where
    F: Stream<Item = Result<T, Error>> + Unpin,
{
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let polling = this.meter.enter();
        let polled = Pin::new(&mut this.inner).poll_next(context);
        polling.end();
        match &polled {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(value))) => this.meter.add((this.rows)(value)),
            Poll::Ready(Some(Err(error))) => this.meter.fail(error),
            Poll::Ready(None) => this.meter.succeed(),
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}
