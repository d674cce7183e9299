//! How many values are in a cache.

use crate::CacheMetrics;
use crate::config::recording;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a cache adds to the gauge of its name, which other caches may have too; nothing
/// any more when it is dropped.
#[derive(Debug)]
pub(super) struct Entries {
    shown: AtomicU64,
    cache: CacheMetrics,
}

impl Entries {
    pub(super) const fn new(cache: CacheMetrics) -> Self {
        Self {
            shown: AtomicU64::new(0),
            cache,
        }
    }

    /// There are so many now.
    pub(super) fn show(&self, entries: u64) {
        if recording() {
            self.exchange(entries);
        }
    }

    fn exchange(&self, entries: u64) {
        // Relaxed: each change is added once, in whatever order, so that the gauge shows
        // what was put here last.
        let before = self.shown.swap(entries, Ordering::Relaxed);
        if before != entries {
            self.cache
                .add_entries(entries.cast_signed().wrapping_sub(before.cast_signed()));
        }
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        self.exchange(0);
    }
}
