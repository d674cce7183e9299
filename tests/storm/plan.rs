//! What happens to one call of the nest, and where.

use std::future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use tokio::task::yield_now;

/// The payload of the storm's own panics.
pub(crate) const PANIC: &str = "the storm's own panic";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Panic,
    /// Waits for ever; somebody drops the call.
    Suspend,
}

/// A call that ends at one of its points.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    at: usize,
    end: End,
    reached: Arc<AtomicBool>,
}

impl Plan {
    pub(crate) fn new(at: usize, end: End) -> Self {
        Self {
            at,
            end,
            reached: Arc::default(),
        }
    }

    pub(crate) fn is_reached(&self) -> bool {
        self.reached.load(Ordering::Relaxed)
    }

    /// An await point: goes on after a turn, unless it is the one to end at.
    pub(crate) async fn point(&self, point: usize) {
        if point == self.at {
            self.reached.store(true, Ordering::Relaxed);
            match self.end {
                End::Panic => panic!("{PANIC}"),
                End::Suspend => future::pending().await,
            }
        }
        yield_now().await;
    }

    /// The same for code that isn't async.
    pub(crate) fn step(&self, point: usize) {
        assert!(point != self.at, "{PANIC}");
    }

    /// Waits until the call is where it ends.
    pub(crate) async fn reached(&self) {
        future::poll_fn(|context| {
            if self.is_reached() {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}
