//! The cells of an operation, all of them in one cache line: a query comes here after
//! the server, the kernel and the library have used the cache for themselves.

use crate::record::{Bounds, FamilyCore};
use crate::{Histogram, Outcome};
use once_cell::sync::OnceCell;

/// What else is counted of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Errors,
    Slow,
    Fetched,
    Affected,
}

/// A histogram for each outcome.
#[derive(Debug)]
pub(super) struct Timed {
    cells: [u32; 4],
    bounds: &'static Bounds,
}

/// The series of an operation.
#[derive(Debug)]
pub(super) struct Operated {
    queries: [u32; 4],
    duration: Timed,
    /// By [`Part`].
    parts: [u32; 4],
}

/// The series of an operation, once they are found.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(super) struct Line(pub(super) OnceCell<Operated>);

/// The cells of a label set by outcome, of which only the likely ones are shown before
/// something is recorded.
fn by_outcome(family: &FamilyCore, values: &[&str]) -> [u32; 4] {
    for likely in [Outcome::Ok, Outcome::Error] {
        family.shown(values, likely);
    }
    family.entered(values).cells()
}

impl Timed {
    pub(super) fn of(family: &FamilyCore, values: &[&str]) -> Self {
        Self {
            cells: by_outcome(family, values),
            bounds: family.bounds,
        }
    }

    /// Counts one that took so many nanoseconds.
    #[inline]
    pub(super) fn observe(&self, outcome: Outcome, nanos: u64) {
        let cell = self.cells[outcome as usize % 4];
        Histogram::observe_nanos_at(cell, self.bounds, nanos);
    }
}

impl Operated {
    /// Those of a label set; `parts` are the cells of what else is counted.
    pub(super) fn new(
        queries: &FamilyCore,
        duration: &FamilyCore,
        values: &[&str],
        parts: [u32; 4],
    ) -> Self {
        Self {
            queries: by_outcome(queries, values),
            duration: Timed::of(duration, values),
            parts,
        }
    }

    /// Counts a query that took so many nanoseconds.
    #[inline]
    pub(super) fn count(&self, outcome: Outcome, nanos: u64) {
        FamilyCore::counter(self.queries[outcome as usize % 4]).inc();
        self.duration.observe(outcome, nanos);
    }

    /// Adds to what else is counted.
    #[inline]
    pub(super) fn add(&self, part: Part, amount: u64) {
        FamilyCore::counter(self.parts[part as usize % 4]).inc_by(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    // Mutation: another field of `Operated`.
    #[test]
    fn an_operation_is_one_cache_line() {
        assert_eq!(size_of::<Line>(), 64);
    }
}
