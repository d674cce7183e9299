//! The cells of a label set by outcome: found once, so that what is recorded often
//! only picks one of them.

use super::{Bounds, Histogram, Slot};
use crate::outcome::Outcome;

/// A cell for each outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByOutcome([u32; 4]);

/// A histogram for each outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed {
    cells: ByOutcome,
    bounds: &'static Bounds,
}

impl ByOutcome {
    /// The cells of a label set.
    pub(crate) fn new(slot: Slot) -> Self {
        Self(slot.cells())
    }

    /// The cell for an outcome.
    #[inline]
    pub(crate) const fn cell(&self, outcome: Outcome) -> u32 {
        self.at(outcome as usize)
    }

    /// The cell for the outcome of this index.
    #[inline]
    const fn at(&self, outcome: usize) -> u32 {
        // Masked: cheaper than a check, and never out of bounds.
        self.0[outcome % 4]
    }
}

impl Timed {
    /// Those in these cells, of a family with these bounds: [`Bounds::NONE`] if it isn't
    /// one of histograms.
    pub(crate) const fn new(cells: ByOutcome, bounds: &'static Bounds) -> Self {
        Self { cells, bounds }
    }

    /// The cell for an outcome.
    #[inline]
    pub(crate) const fn cell(&self, outcome: Outcome) -> u32 {
        self.cells.cell(outcome)
    }

    /// Counts what took so many nanoseconds, with the outcome of this index.
    #[inline]
    pub(crate) fn observe(&self, outcome: usize, nanos: u64) {
        Histogram::observe_nanos_at(self.cells.at(outcome), self.bounds, nanos);
    }
}
