//! A value that only rises.

use super::slab::SUMMED;

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
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    pub(crate) cell: u32,
}

impl Counter {
    /// Adds one.
    pub fn inc(&self) {
        self.inc_by(1);
    }

    /// Adds `amount`.
    pub fn inc_by(&self, amount: u64) {
        SUMMED.add(self.cell, amount);
    }

    /// The sum so far.
    pub fn get(&self) -> u64 {
        SUMMED.read(self.cell)
    }
}
