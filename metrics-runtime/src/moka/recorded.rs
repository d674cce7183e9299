//! What both kinds of caches have in common.

use super::entries::{Counted, Entries};
use crate::CacheMetrics;
use std::sync::Arc;

/// A cache of moka, and what is recorded of it.
#[derive(Clone)]
pub(super) struct Recorded<C> {
    pub(super) inner: C,
    pub(super) metrics: CacheMetrics,
    /// Kept as long as there is one of the clones.
    _entries: Arc<Entries>,
}

impl<C> Recorded<C> {
    pub(super) fn new(inner: C, metrics: CacheMetrics) -> Self
    where
        C: Counted + Clone + Send + 'static,
    {
        Self {
            _entries: Arc::new(Entries::new(inner.clone(), metrics.clone())),
            inner,
            metrics,
        }
    }

    /// A look-up has found a value, or nothing.
    pub(super) fn looked_up(&self, is_found: bool) {
        if is_found {
            self.metrics.hit();
        } else {
            self.metrics.miss();
        }
    }

    /// A look-up that has missed was given a value, or has none still.
    pub(super) fn given(&self, has_loaded: bool, has_value: bool) {
        if !has_loaded {
            self.metrics.load_joined();
        } else if has_value {
            self.metrics.set();
        }
    }

    /// A key was to be deleted, and had a value or none.
    pub(super) fn removed(&self, had_value: bool) {
        if had_value {
            self.metrics.delete();
        }
    }
}
