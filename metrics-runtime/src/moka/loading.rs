//! A load that is awaited.

use crate::{CacheLoad, CacheMetrics, Outcome};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

pin_project! {
    /// The future of a load, which is recorded if it is polled: moka polls that of one
    /// caller at a time.
    pub(super) struct Loading<'a, F, O> {
        #[pin]
        future: F,
        outcome_of: O,
        guard: Guard<'a>,
    }
}

struct Guard<'a> {
    metrics: &'a CacheMetrics,
    /// Set as the load begins.
    has_loaded: &'a AtomicBool,
    load: Option<CacheLoad>,
    /// The future runs: what unwinds now is its own.
    is_polled: bool,
}

impl<'a, F, O> Loading<'a, F, O> {
    pub(super) const fn new(
        metrics: &'a CacheMetrics,
        has_loaded: &'a AtomicBool,
        future: F,
        outcome_of: O,
    ) -> Self {
        Self {
            future,
            outcome_of,
            guard: Guard {
                metrics,
                has_loaded,
                load: None,
                is_polled: false,
            },
        }
    }
}

impl<F, O> Future for Loading<'_, F, O>
where
    F: Future,
    O: Fn(&F::Output) -> Outcome,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let guard = this.guard;
        if guard.load.is_none() {
            // Relaxed: the caller reads it after it has awaited this.
            guard.has_loaded.store(true, Ordering::Relaxed);
            guard.load = Some(guard.metrics.load());
        }
        guard.is_polled = true;
        let polled = this.future.poll(context);
        guard.is_polled = false;
        if let Poll::Ready(value) = &polled
            && let Some(load) = guard.load.take()
        {
            load.finish((this.outcome_of)(value));
        }
        polled
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(load) = self.load.take() {
            load.finish(if self.is_polled {
                Outcome::Panic
            } else {
                Outcome::Cancelled
            });
        }
    }
}
