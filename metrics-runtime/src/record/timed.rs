//! The histograms of a label set by outcome, for what isn't a call site.

use super::{Bounds, ByOutcome, Histogram};
use crate::outcome::Outcome;
use metrics_site::Durations;

/// A histogram for each outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed {
    cells: ByOutcome,
    bounds: &'static Durations,
}

impl Timed {
    /// Those in these cells, of a family with these bounds: [`Bounds::NONE`] if it isn't
    /// one of histograms.
    pub(crate) const fn new(cells: ByOutcome, bounds: &'static Bounds) -> Self {
        let bounds = bounds.durations();
        Self { cells, bounds }
    }

    /// Counts what took so many nanoseconds.
    #[inline]
    pub(crate) fn observe(&self, outcome: Outcome, nanos: u64) {
        Histogram::observe_nanos_at(self.bounds, self.cells.cell(outcome), nanos);
    }
}
