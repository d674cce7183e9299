//! How many pages may be in memory at a time.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Places for pages, from before they are made until nobody sends them any more.
#[derive(Debug)]
pub(super) struct Budget {
    free: Mutex<usize>,
    freed: Condvar,
}

/// The place of one page; given back when dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<Budget>);

impl Budget {
    pub(super) fn new(places: usize) -> Arc<Self> {
        Arc::new(Self {
            free: Mutex::new(places),
            freed: Condvar::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        // Nothing panics while it is held.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place, if there is one by then. Blocks.
    pub(super) fn take(self: &Arc<Self>, until: Instant) -> Option<Place> {
        let mut free = self.lock();
        while *free == 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let waited = self.freed.wait_timeout(free, left);
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *free -= 1;
        Some(Place(Arc::clone(self)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.lock() += 1;
        // All of them: one that is told may be about to give up. They are few, one
        // for each format and encoding.
        self.0.freed.notify_all();
    }
}
