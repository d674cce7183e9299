//! A load that is under way.

use super::handle::CacheMetrics;
use crate::Outcome;
use crate::clock::Ticks;
use std::thread;

/// A value that is being loaded; made by [`CacheMetrics::load`]. Its duration is
/// recorded once: as it is [finished](Self::finish), or as `panic` or `cancelled` if
/// it is dropped before, while the thread unwinds or not.
#[derive(Debug)]
#[must_use = "a load that is dropped is recorded as cancelled"]
pub struct CacheLoad {
    /// `None` once it is recorded.
    cache: Option<CacheMetrics>,
    start: Ticks,
}

impl CacheLoad {
    pub(super) fn new(cache: CacheMetrics) -> Self {
        Self {
            cache: Some(cache),
            start: Ticks::now(),
        }
    }

    /// Records the load, which has ended in this way; one that has failed or panicked
    /// is also an error of the cache.
    pub fn finish(mut self, outcome: Outcome) {
        self.end(outcome);
    }

    fn end(&mut self, outcome: Outcome) {
        if let Some(cache) = self.cache.take() {
            cache.loaded(outcome, self.start.elapsed_nanos());
        }
    }
}

impl Drop for CacheLoad {
    fn drop(&mut self) {
        self.end(if thread::panicking() {
            Outcome::Panic
        } else {
            Outcome::Cancelled
        });
    }
}
