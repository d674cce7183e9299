//! Which of our registries gathers on this thread, so that nothing goes in
//! circles.

use crate::registry::Registry;
use std::cell::Cell;
use std::ptr;

thread_local! {
    /// Null while nobody gathers. Compared, never followed.
    static GATHERING: Cell<*const Registry> = const { Cell::new(ptr::null()) };
}

/// One of our registries is gathering foreign ones on this thread, or is
/// gathered by one; ends with this value.
///
/// Of this thread alone: a registry of the `prometheus` crate that another
/// thread gathers at the same time must still see everything. A collector that
/// gathers on a thread of its own doesn't see the mark; what it brings of ours
/// then loses to our own families of the same names.
#[derive(Debug)]
pub(super) struct Gathering(());

impl Gathering {
    /// `None` where one is on its way already. Collectors and diagnostics
    /// hooks are user code and may ask for a page: to gather for them again
    /// could go on for ever, or wait for a lock that this thread holds.
    pub(super) fn start(registry: &Registry) -> Option<Self> {
        GATHERING.with(|current| {
            current.get().is_null().then(|| {
                current.set(registry);
                Self(())
            })
        })
    }

    /// Whether this registry is the one on its way.
    pub(super) fn is_of(registry: &Registry) -> bool {
        GATHERING.with(|current| ptr::eq(current.get(), registry))
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        GATHERING.with(|current| current.set(ptr::null()));
    }
}

#[cfg(test)]
mod tests {
    use super::Gathering;
    use crate::registry::Registry;

    #[test]
    fn one_registry_at_a_time_gathers_on_a_thread() {
        let (one, other) = (Registry::new(), Registry::new());
        let gathering = Gathering::start(&one);
        assert!(gathering.is_some());
        assert!(Gathering::is_of(&one));
        assert!(!Gathering::is_of(&other));
        assert!(Gathering::start(&other).is_none());
        assert!(Gathering::is_of(&one), "a refused start ends nothing");
        let elsewhere = || std::thread::spawn(|| Gathering::start(&Registry::new()).is_some());
        assert!(elsewhere().join().expect("it doesn't panic"));
        drop(gathering);
        assert!(!Gathering::is_of(&one));
        assert!(Gathering::start(&other).is_some());
    }
}
