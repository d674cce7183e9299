//! A value that only rises.

use super::exemplar;
use super::thread::{SLABS, add, is_nowhere, try_add};
use crate::catalogue::{OFF, Site};
use crate::measure::nth;
use std::fmt;

/// A counter: an exact unsigned integer that only rises.
///
/// The handle is an index; copy it freely.
///
/// ```
/// let registry = metrics_runtime::Registry::new();
/// let sent = registry.counter("messages_sent_total", "Messages sent.")?;
/// sent.inc();
/// sent.inc_by(2);
/// assert!(registry.to_text().contains("\nmessages_sent_total 3\n"));
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Counter {
    pub(crate) cell: u32,
    /// Where the cell is found out, if the site wasn't resolved yet.
    pub(crate) site: Option<&'static Site>,
    /// Recording is turned off; the compiler sees it where the handle is used.
    pub(crate) off: bool,
}

impl Counter {
    /// Adds one.
    #[inline]
    pub fn inc(&self) {
        self.inc_by(1);
    }

    /// Adds `amount`.
    #[inline]
    pub fn inc_by(&self, amount: u64) {
        if self.off {
            return;
        }
        if try_add(self.cell, amount) {
            offer(self.cell, amount);
        } else {
            add_untouched(self.cell, self.site, amount);
        }
    }

    /// Adds `amount` to a counter of the toolkit's own, which has no exemplars:
    /// their source is user code, and some are counted under a lock.
    pub(crate) fn inc_by_unseen(&self, amount: u64) {
        add(self.cell, amount);
    }

    /// The sum so far.
    pub fn get(&self) -> u64 {
        SLABS.sum(resolved(self.cell, self.site))
    }
}

impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Counter").field(&self.get()).finish()
    }
}

#[cold]
#[inline(never)]
fn add_untouched(cell: u32, site: Option<&'static Site>, amount: u64) {
    let cell = resolved(cell, site);
    add(cell, amount);
    offer(cell, amount);
}

/// Offers what was added as an exemplar.
#[inline]
fn offer(cell: u32, amount: u64) {
    #[expect(clippy::cast_precision_loss, reason = "exemplars hold doubles")]
    exemplar::offer(cell, || amount as f64);
}

/// The cell that is meant, which may be counted from that of a site which isn't
/// resolved yet.
fn resolved(cell: u32, site: Option<&'static Site>) -> u32 {
    match site {
        Some(site) if is_nowhere(cell) || cell == OFF => {
            nth(site, cell).map_or(0, |(_, cell)| cell)
        }
        _ => cell,
    }
}
