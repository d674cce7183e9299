//! Whether there is more to do for the requests of an endpoint than for most.

use super::endpoint::UNMATCHED;
use crate::record::OVERFLOW;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether requests are looked at more closely: all of them at first, so that another
/// layer inside of this one shows itself before it records a request twice.
#[derive(Debug)]
pub(super) struct Special {
    now: AtomicBool,
    for_good: bool,
}

impl Special {
    /// Of an endpoint; for good if there is `more` to do for its requests.
    pub(super) fn new(endpoint: &str, more: bool) -> Self {
        Self {
            now: AtomicBool::new(true),
            for_good: more || leads_anywhere(endpoint),
        }
    }

    #[inline]
    pub(super) fn is_now(&self) -> bool {
        // Relaxed, here and below: a flag of its own.
        self.now.load(Ordering::Relaxed)
    }

    /// A request has been where the endpoint leads to, and met each layer on its way.
    pub(super) fn has_led(&self) {
        if !self.for_good {
            self.now.store(false, Ordering::Relaxed);
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
    use super::Special;

    // Mutation: `leads_anywhere` doesn't look at what a path is below.
    #[test]
    fn what_leads_to_one_place_is_special_until_it_has_led_there() {
        for (endpoint, more, later) in [
            ("/users/{id}", false, false),
            ("/users/{id}", true, true),
            ("/files/{*path}", false, true),
            ("<unmatched>", false, true),
            ("__overflow__", false, true),
        ] {
            let special = Special::new(endpoint, more);
            assert!(special.is_now(), "{endpoint}");
            special.has_led();
            assert_eq!(special.is_now(), later, "{endpoint}");
        }
    }
}
