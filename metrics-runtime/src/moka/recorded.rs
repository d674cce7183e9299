//! What both kinds of caches have in common.

use super::entries::Entries;
use crate::CacheMetrics;
use std::sync::Arc;

/// A cache of moka that tells how many values it has.
pub(super) trait Counted {
    fn entry_count(&self) -> u64;
}

impl<K, V> Counted for ::moka::sync::Cache<K, V> {
    fn entry_count(&self) -> u64 {
        self.entry_count()
    }
}

impl<K, V> Counted for ::moka::future::Cache<K, V> {
    fn entry_count(&self) -> u64 {
        self.entry_count()
    }
}

/// A cache of moka, and what is recorded of it.
#[derive(Clone)]
pub(super) struct Recorded<C> {
    pub(super) inner: C,
    pub(super) metrics: CacheMetrics,
    entries: Arc<Entries>,
}

impl<C: Counted> Recorded<C> {
    pub(super) fn new(inner: C, metrics: CacheMetrics) -> Self {
        Self {
            inner,
            entries: Arc::new(Entries::new(metrics.clone())),
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

    /// A look-up that has missed has a value now, or an error.
    pub(super) fn given(&self, has_loaded: bool, is_ok: bool) {
        if !has_loaded {
            self.metrics.load_joined();
        } else if is_ok {
            self.written();
        }
    }

    /// A value was written.
    pub(super) fn written(&self) {
        self.metrics.set();
        self.show_entries();
    }

    /// A key was to be deleted, and had a value or none.
    pub(super) fn removed(&self, had_value: bool) {
        if had_value {
            self.metrics.delete();
            self.show_entries();
        }
    }

    /// There are perhaps more or fewer values now.
    pub(super) fn show_entries(&self) {
        self.entries.show(self.inner.entry_count());
    }
}
