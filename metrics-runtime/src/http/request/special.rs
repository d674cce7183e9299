//! What there is to do for the requests of an endpoint beside what all need.

use super::endpoint::UNMATCHED;
use crate::record::OVERFLOW;
use std::sync::atomic::{AtomicU8, Ordering};

/// Requests are marked: all of them at first, so that another layer inside of this one
/// shows itself before it records a request twice.
const MARKED: u8 = 1;

/// There is more to do than for most: labels, a sample, queries.
const MORE: u8 = 2;

/// What there is to do for the requests of an endpoint.
#[derive(Debug)]
pub(super) struct Special {
    now: AtomicU8,
    marked_for_good: bool,
}

/// What there is to do for one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ToDo(u8);

impl ToDo {
    #[inline]
    pub(super) const fn is_something(self) -> bool {
        self.0 != 0
    }

    #[inline]
    pub(super) const fn is_marked(self) -> bool {
        self.0 & MARKED != 0
    }
}

impl Special {
    /// Of an endpoint, for whose requests there may be `more` to do.
    pub(super) fn new(endpoint: &str, more: bool) -> Self {
        let more = if more { MORE } else { 0 };
        Self {
            now: AtomicU8::new(MARKED | more),
            marked_for_good: leads_anywhere(endpoint),
        }
    }

    #[inline]
    pub(super) fn now(&self) -> ToDo {
        // Relaxed, here and below: a flag of its own.
        ToDo(self.now.load(Ordering::Relaxed))
    }

    /// A request has been where the endpoint leads to, and met each layer on its way.
    pub(super) fn has_led(&self) {
        if !self.marked_for_good && self.now().is_marked() {
            self.now.fetch_and(!MARKED, Ordering::Relaxed);
        }
    }
}

/// Whether requests of one endpoint go to several places, some of which may have a
/// layer: those that meet no route, and those below a path.
fn leads_anywhere(endpoint: &str) -> bool {
    endpoint == UNMATCHED || endpoint == OVERFLOW || endpoint.contains("{*")
}

#[cfg(test)]
mod tests {
    use super::{MARKED, MORE, Special, ToDo};

    // Mutations: `leads_anywhere` doesn't look at what a path is below; `has_led` forgets
    // that there is more to do.
    #[test]
    fn what_leads_to_one_place_is_marked_until_it_has_led_there() {
        for (endpoint, more, later) in [
            ("/users/{id}", false, 0),
            ("/users/{id}", true, MORE),
            ("/files/{*path}", false, MARKED),
            ("<unmatched>", true, MARKED | MORE),
            ("__overflow__", false, MARKED),
        ] {
            let special = Special::new(endpoint, more);
            assert!(special.now().is_marked(), "{endpoint}");
            special.has_led();
            assert_eq!(special.now(), ToDo(later), "{endpoint}");
            assert_eq!(special.now().is_something(), later != 0, "{endpoint}");
        }
    }
}
