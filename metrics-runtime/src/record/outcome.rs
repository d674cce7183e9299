//! The cells of a label set by outcome: found once, so that what is recorded often
//! only picks one of them.

use super::{Bounds, Histogram, Slot};
use crate::outcome::Outcome;

/// An outcome as wide as an index, so that what records a call out of line needs no
/// instruction to widen it. [`Outcome`] is a byte, which keeps annotated functions small.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum OutcomeIndex {
    Ok,
    Error,
    Panic,
    Cancelled,
}

impl From<Outcome> for OutcomeIndex {
    #[inline]
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Ok => Self::Ok,
            Outcome::Error => Self::Error,
            Outcome::Panic => Self::Panic,
            Outcome::Cancelled => Self::Cancelled,
        }
    }
}

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
    pub(crate) fn cell(&self, outcome: impl Into<OutcomeIndex>) -> u32 {
        // Masked: cheaper than a check, and never out of bounds.
        self.0[outcome.into() as usize % 4]
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
    pub(crate) fn cell(&self, outcome: Outcome) -> u32 {
        self.cells.cell(outcome)
    }

    /// Counts what took so many nanoseconds.
    #[inline]
    pub(crate) fn observe(&self, outcome: impl Into<OutcomeIndex>, nanos: u64) {
        Histogram::observe_nanos_at(self.cells.cell(outcome), self.bounds, nanos);
    }
}
