//! Listeners of the program, which may panic.

use crate::diagnostics::{Diagnostic, report};
use crate::panic::told;
use ::moka::notification::ListenerFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

/// Whether the program's listener of a cache is called. moka calls none again that has
/// panicked; it would then no longer call ours either, which counts.
pub(super) struct Listening {
    cache: Box<str>,
    has_panicked: AtomicBool,
}

impl Listening {
    pub(super) fn new(cache: &str) -> Self {
        Self {
            cache: cache.into(),
            has_panicked: AtomicBool::new(false),
        }
    }

    /// Calls the listener, unless it has panicked. What `call` owns is the program's too,
    /// and is dropped where a panic is caught.
    pub(super) fn tell<T>(&self, call: impl FnOnce() -> T) -> Option<T> {
        self.caught(|| {
            // Relaxed: a flag of its own.
            let is_heard = !self.has_panicked.load(Ordering::Relaxed);
            is_heard.then(call)
        })
        .flatten()
    }

    fn caught<T>(&self, call: impl FnOnce() -> T) -> Option<T> {
        let reason = match told(call) {
            Ok(given) => return Some(given),
            Err(reason) => reason,
        };
        if !self.has_panicked.swap(true, Ordering::Relaxed) {
            report(&Diagnostic::EvictionListener {
                cache: self.cache.clone().into(),
                reason,
            });
        }
        None
    }
}

/// A listener that is awaited, and was called.
pub(super) struct Telling {
    /// `None` once it has ended.
    future: Option<ListenerFuture>,
    listening: Arc<Listening>,
}

impl Telling {
    /// Calls it, unless it has panicked.
    pub(super) fn new(listening: &Arc<Listening>, call: impl FnOnce() -> ListenerFuture) -> Self {
        Self {
            future: listening.tell(call),
            listening: Arc::clone(listening),
        }
    }
}

impl Future for Telling {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(mut future) = self.future.take() else {
            return Poll::Ready(());
        };
        let pending = self.listening.caught(move || {
            let polled = future.as_mut().poll(context);
            polled.is_pending().then_some(future)
        });
        self.future = pending.flatten();
        if self.future.is_some() {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}
