//! What the callers of a cache and its listener have seen.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use moka::notification::RemovalCause;

use crate::page;

/// What callers have seen, on several threads.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) hits: AtomicU64,
    pub(crate) misses: AtomicU64,
    pub(crate) sets: AtomicU64,
    pub(crate) deletes: AtomicU64,
    pub(crate) loads: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) joined: AtomicU64,
}

pub(crate) fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Tally {
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        page::counts([
            ("hits", of(&self.hits)),
            ("misses", of(&self.misses)),
            ("sets", of(&self.sets)),
            ("deletes", of(&self.deletes)),
            ("load ok", of(&self.loads)),
            ("load error", of(&self.failed)),
            ("errors", of(&self.failed)),
            ("loads_joined", of(&self.joined)),
        ])
    }

    /// A look-up by `get`.
    pub(crate) fn looked_up(&self, found: bool) {
        add(if found { &self.hits } else { &self.misses });
    }

    /// A load that has ended like this, or none.
    pub(crate) fn loaded(&self, is_ok: bool) {
        if is_ok {
            add(&self.loads);
            add(&self.sets);
        } else {
            add(&self.failed);
        }
    }
}

/// The causes that a listener was told.
pub(crate) type Causes = Arc<Mutex<BTreeMap<String, u64>>>;

pub(crate) fn told(causes: &Causes, cause: RemovalCause) {
    let name = format!("evictions {cause:?}").to_lowercase();
    *causes
        .lock()
        .expect("nobody panics")
        .entry(name)
        .or_default() += 1;
}
