//! The cells of an operation, all of them in one cache line: a query comes here after
//! the server, the kernel and the library have used the cache for themselves.

use crate::Outcome;
use crate::record::{ByOutcome, FamilyCore, Timed};
use once_cell::sync::OnceCell;

/// What else is counted of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Errors,
    Slow,
    Fetched,
    Affected,
}

/// The series of an operation.
#[derive(Debug)]
pub(super) struct Operated {
    queries: ByOutcome,
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
fn by_outcome(family: &FamilyCore, values: &[&str]) -> ByOutcome {
    for likely in [Outcome::Ok, Outcome::Error] {
        family.shown(values, likely);
    }
    ByOutcome::new(family.entered(values))
}

/// The histograms of a label set.
pub(super) fn timed(family: &FamilyCore, values: &[&str]) -> Timed {
    Timed::new(by_outcome(family, values), family.bounds)
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
            duration: timed(duration, values),
            parts,
        }
    }

    /// Counts a query that took so many nanoseconds.
    #[inline]
    pub(super) fn count(&self, outcome: Outcome, nanos: u64) {
        FamilyCore::counter(self.queries.cell(outcome)).inc();
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
