//! Names of views, found once for each endpoint.

use crate::http::request::layer::View;
use crate::record::{Names, OVERFLOW};
use once_cell::race::OnceBox;
use std::sync::atomic::{AtomicU32, Ordering};

/// Endpoints that get a view: as many as a family has series.
const MOST: usize = 2_000;

/// The views that were asked for.
#[derive(Debug)]
pub(super) struct Views {
    names: Names,
    entries: Box<[OnceBox<Box<str>>]>,
    /// Endpoints that have an entry.
    len: AtomicU32,
}

impl Views {
    pub(super) fn new() -> Self {
        Self {
            names: Names::new(),
            entries: (0..MOST).map(|_| OnceBox::new()).collect(),
            len: AtomicU32::new(0),
        }
    }

    /// The view of an endpoint.
    pub(super) fn of(&self, endpoint: &str, view: &View) -> &str {
        let number = self.names.find(endpoint);
        let number = number.or_else(|| self.names.enter(endpoint, || self.next()));
        let entry = number.and_then(|number| self.entries.get(number as usize));
        entry.map_or(OVERFLOW, |entry| {
            entry.get_or_init(|| Box::new(view.of(endpoint).into()))
        })
    }

    /// The number of the next endpoint, if there is room for it.
    fn next(&self) -> Option<u32> {
        // Relaxed: a number of its own.
        let next = self
            .len
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |len| {
                ((len as usize) < MOST).then_some(len + 1)
            });
        next.ok()
    }
}
