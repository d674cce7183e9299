//! How many values are in a cache.

use crate::CacheMetrics;
use crate::config::recording;
use crate::record::asked::set_when_asked;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

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

/// What a cache adds to the gauge of its name, which other caches may have too; nothing
/// any more when it is dropped. It is asked when a page is made, since reads change it
/// as well: moka runs its maintenance with them.
pub(super) struct Entries(Arc<Place>);

struct Place {
    metrics: CacheMetrics,
    state: Mutex<State>,
}

struct State {
    /// `None` once it is gone. It is here and not behind a weak reference, so that the
    /// thread that makes a page never drops it, and the program's values with it.
    cache: Option<Box<dyn Counted + Send>>,
    /// What the gauge has of it.
    shown: u64,
}

/// All that are there. Places of those that are gone are used again, so that none of the
/// others moves while a page is made.
static PLACES: Mutex<Vec<Weak<Place>>> = Mutex::new(Vec::new());

/// No code of others runs under these locks, so what they guard is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Entries {
    pub(super) fn new(cache: impl Counted + Send + 'static, metrics: CacheMetrics) -> Self {
        let cache: Option<Box<dyn Counted + Send>> = Some(Box::new(cache));
        let state = Mutex::new(State { cache, shown: 0 });
        let place = Arc::new(Place { metrics, state });
        let mut places = lock(&PLACES);
        if places.is_empty() {
            set_when_asked(show_all);
        }
        let weak = Arc::downgrade(&place);
        match places.iter_mut().find(|place| place.strong_count() == 0) {
            Some(gone) => *gone = weak,
            None => places.push(weak),
        }
        Self(place)
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        let cache = state.cache.take();
        self.0.show(&mut state, 0);
        drop(state);
        // Its values are the program's, which may do anything when they are dropped.
        drop(cache);
    }
}

impl Place {
    /// Has the gauge follow; under the lock, so that what is gone isn't shown again.
    fn show(&self, state: &mut State, entries: u64) {
        let change = entries
            .cast_signed()
            .wrapping_sub(state.shown.cast_signed());
        if change != 0 {
            self.metrics.add_entries(change);
        }
        state.shown = entries;
    }
}

/// Asks all caches how many values they have.
fn show_all() {
    if !recording() {
        return;
    }
    for at in 0.. {
        let places = lock(&PLACES);
        let Some(place) = places.get(at).map(Weak::upgrade) else {
            break;
        };
        drop(places);
        let Some(place) = place else {
            continue;
        };
        let mut state = lock(&place.state);
        if let Some(entries) = state.cache.as_ref().map(|cache| cache.entry_count()) {
            place.show(&mut state, entries);
        }
    }
}
