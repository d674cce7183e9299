//! Gauges that are set only when somebody asks: just before a page is made.

use std::sync::{Mutex, PoisonError};

/// What sets them; as few as there are kinds of such gauges.
static ALL: Mutex<Vec<fn()>> = Mutex::new(Vec::new());

/// Has `set` called before each page from now on. It is the toolkit's own, runs no user
/// code and waits for nothing.
pub(crate) fn set_when_asked(set: fn()) {
    ALL.lock().unwrap_or_else(PoisonError::into_inner).push(set);
}

/// Sets these gauges to what they are now.
pub(crate) fn set_all() {
    // One by one, so that none is called under the lock, and without a copy, since a page
    // costs no allocation.
    for at in 0.. {
        let all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(set) = all.get(at).copied() else {
            break;
        };
        drop(all);
        set();
    }
}
