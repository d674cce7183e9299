//! What a source had counted before another one took its place.
//!
//! Some sources are read only while no other one counts the same: a function under
//! `#[track_cache]` may come after the connection to Redis that it uses, and a pool after
//! the queries of its database. What the page has told of the first one until then stays in
//! the sum, since a counter never falls, and what it counts from then on is the other's.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// By cells, which are never given back, not even those of a registry that is dropped. So
/// one table does for all registries, and is bounded by the series of such sources.
static KEPT: Mutex<Kept> = Mutex::new(Kept(BTreeMap::new()));

/// What was told of series that may give way.
#[derive(Debug)]
pub(super) struct Kept(BTreeMap<u32, Told>);

#[derive(Clone, Copy, Debug)]
struct Told {
    total: f64,
    has_given_way: bool,
}

impl Kept {
    pub(super) fn lock() -> MutexGuard<'static, Self> {
        // Nothing panics while it is held.
        KEPT.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a series whose counter is at `total` adds; `None` if it has given way before
    /// anything was told of it. There is no way back.
    pub(super) fn value(&mut self, cell: u32, total: f64, gives_way: bool) -> Option<f64> {
        let Self(all) = self;
        if gives_way {
            let told = all.get_mut(&cell)?;
            told.has_given_way = true;
            return Some(told.total);
        }
        let told = all.entry(cell).or_insert(Told {
            total,
            has_given_way: false,
        });
        if !told.has_given_way {
            told.total = total;
        }
        Some(told.total)
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;
    use std::collections::BTreeMap;

    // Mutations: what has given way is nothing; it goes on, or comes back.
    #[test]
    fn what_was_told_is_told_for_ever() {
        let mut kept = Kept(BTreeMap::new());
        assert_eq!(kept.value(1, 3.0, false), Some(3.0));
        assert_eq!(kept.value(1, 4.0, false), Some(4.0));
        for (total, gives_way) in [(5.0, true), (6.0, true), (7.0, false), (8.0, true)] {
            assert_eq!(kept.value(1, total, gives_way), Some(4.0));
        }
        assert_eq!(kept.value(2, 9.0, true), None);
    }
}
