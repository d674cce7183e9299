//! Which of our registries gathers on this thread, so that nothing goes in
//! circles.

use crate::registry::Registry;
use std::cell::Cell;

/// Tells registries apart: the address of one, which is compared and never
/// followed; zero is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Id(usize);

impl Id {
    const NONE: Self = Self(0);

    pub(crate) fn of(registry: &Registry) -> Self {
        Self(std::ptr::from_ref(registry).addr())
    }
}

thread_local! {
    static GATHERING: Cell<Id> = const { Cell::new(Id::NONE) };
}

/// A collector of one of our registries runs on this thread, or one of ours is
/// gathered by it; ends with this value.
///
/// Of this thread alone: a registry of the `prometheus` crate that another
/// thread gathers at the same time must still see everything. A collector that
/// gathers on a thread of its own doesn't see the mark; what it brings of ours
/// then loses to our own families of the same names.
#[derive(Debug)]
pub(crate) struct Gathering(());

impl Gathering {
    /// `None` where one is on its way already. Collectors and diagnostics
    /// hooks are user code and may ask for a page: to gather for them again
    /// could go on for ever, or wait for a lock that this thread holds.
    pub(crate) fn start(registry: Id) -> Option<Self> {
        GATHERING.with(|current| {
            (current.get() == Id::NONE).then(|| {
                current.set(registry);
                Self(())
            })
        })
    }

    /// Whether one is on its way.
    pub(super) fn is_any() -> bool {
        GATHERING.get() != Id::NONE
    }

    /// Whether this registry is the one on its way.
    pub(super) fn is_of(registry: &Registry) -> bool {
        GATHERING.get() == Id::of(registry)
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        GATHERING.with(|current| current.set(Id::NONE));
    }
}

#[cfg(test)]
mod tests {
    use super::{Gathering, Id};
    use crate::registry::Registry;

    #[test]
    fn one_registry_at_a_time_gathers_on_a_thread() {
        let (one, other) = (Registry::new(), Registry::new());
        let gathering = Gathering::start(Id::of(&one));
        assert!(gathering.is_some());
        assert!(Gathering::is_of(&one) && Gathering::is_any());
        assert!(!Gathering::is_of(&other));
        assert!(Gathering::start(Id::of(&other)).is_none());
        assert!(Gathering::is_of(&one), "a refused start ends nothing");
        let elsewhere =
            || std::thread::spawn(|| Gathering::start(Id::of(&Registry::new())).is_some());
        assert!(elsewhere().join().expect("it doesn't panic"));
        drop(gathering);
        assert!(!Gathering::is_of(&one));
        assert!(Gathering::start(Id::of(&other)).is_some());
    }
}
