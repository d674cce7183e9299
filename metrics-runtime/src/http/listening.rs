//! Which listeners serve the pages of which registries, so that a scrape configuration
//! can name them.

use crate::Registry;
use crate::registry::bridge::Id;
use http::uri::Scheme;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where a listener is: its port, and what is spoken there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Door {
    pub(crate) port: u16,
    pub(crate) scheme: Scheme,
}

/// A listener's entry, until it is dropped.
#[derive(Debug)]
pub(crate) struct Listening(u64);

struct Doors {
    next: u64,
    open: Vec<(u64, Id, Door)>,
}

static DOORS: Mutex<Doors> = Mutex::new(Doors {
    next: 0,
    open: Vec::new(),
});

fn lock() -> MutexGuard<'static, Doors> {
    // Nothing panics while it is held.
    DOORS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Listening {
    /// Says that the page of this registry is served there.
    #[cfg_attr(
        not(any(feature = "listener", test)),
        expect(dead_code, reason = "nothing listens")
    )]
    pub(crate) fn at(registry: &Registry, door: Door) -> Self {
        let mut doors = lock();
        let id = doors.next;
        doors.next += 1;
        doors.open.push((id, Id::of(registry), door));
        Self(id)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        lock().open.retain(|(id, ..)| *id != self.0);
    }
}

/// The door of the listener that was started last of those that serve this registry.
#[cfg_attr(
    not(any(feature = "endpoints", test)),
    expect(dead_code, reason = "nobody is told")
)]
pub(crate) fn door(registry: &Registry) -> Option<Door> {
    let id = Id::of(registry);
    let doors = lock();
    let mut own = doors.open.iter().rev().filter(|(_, of, _)| *of == id);
    own.next().map(|(.., door)| door.clone())
}

#[cfg(test)]
mod tests {
    use super::{Door, Listening, door};
    use crate::Registry;
    use http::uri::Scheme;

    // Mutations: another registry's is given; an entry stays when it is dropped.
    #[test]
    fn the_latest_listener_of_a_registry_is_known_until_it_ends() {
        let (own, other) = (Registry::new(), Registry::new());
        let at = |port, scheme| Door { port, scheme };
        let first = Listening::at(&own, at(1, Scheme::HTTP));
        let second = Listening::at(&own, at(2, Scheme::HTTPS));
        let _others = Listening::at(&other, at(3, Scheme::HTTP));
        assert_eq!(door(&own), Some(at(2, Scheme::HTTPS)));
        drop(second);
        assert_eq!(door(&own), Some(at(1, Scheme::HTTP)));
        drop(first);
        assert_eq!(door(&own), None);
    }
}
