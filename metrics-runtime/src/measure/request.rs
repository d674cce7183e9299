//! Requests under the HTTP layer, which are being polled, and their queries.

use super::query::{COUNTING, CURRENT, LAYER};

/// A request under the HTTP layer, with its queries.
#[derive(Debug)]
pub(crate) struct Request(u64);

impl Request {
    pub(crate) const fn new(counts_queries: bool) -> Self {
        Self(if counts_queries {
            LAYER | COUNTING
        } else {
            LAYER
        })
    }

    /// Whether one is being polled on this thread.
    #[inline]
    pub(crate) fn is_any_polled() -> bool {
        CURRENT.get() & LAYER != 0
    }

    /// It is polled until the scope ends.
    #[inline]
    pub(crate) fn enter(&self) -> RequestScope {
        let outside = CURRENT.replace(self.0);
        RequestScope { outside }
    }

    /// Takes its queries over at the end of a poll, before the scope ends.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.0 = CURRENT.get();
    }

    /// The queries so far.
    pub(crate) const fn queries(&self) -> u64 {
        self.0 & !(LAYER | COUNTING)
    }
}

/// A poll of a request; puts back what was polled around it, also when it unwinds.
///
/// It doesn't borrow the request, which moves while it is called.
#[derive(Debug)]
pub(crate) struct RequestScope {
    outside: u64,
}

impl RequestScope {
    /// The scope of what isn't recorded.
    #[inline]
    pub(crate) fn of_nothing() -> Self {
        let outside = CURRENT.get();
        Self { outside }
    }

    /// Leaves what was counted in here to whatever is around it.
    #[inline]
    pub(crate) fn keep(&mut self) {
        self.outside = CURRENT.get();
    }
}

impl Drop for RequestScope {
    #[inline]
    fn drop(&mut self) {
        CURRENT.set(self.outside);
    }
}
