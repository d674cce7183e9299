//! The cells of a label set by outcome: found once, so that what is recorded often
//! only picks one of them.

use super::Slot;
use crate::outcome::Outcome;
use metrics_site::OutcomeIndex;

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

impl ByOutcome {
    /// The cells of a label set.
    pub(crate) fn new(slot: Slot) -> Self {
        Self(slot.cells())
    }

    /// The cell for an outcome.
    #[inline]
    pub(crate) fn cell(&self, outcome: Outcome) -> u32 {
        // Masked: cheaper than a check, and never out of bounds.
        self.0[OutcomeIndex::from(outcome) as usize % 4]
    }
}
