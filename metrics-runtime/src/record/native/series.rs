//! A native series: its generations.

use super::Shape;
use super::generation::Generation;
use super::key::{FINEST, tag};
use crate::record::slab::BEFORE_BUCKETS;
use crate::record::succession::Succession;
use crate::record::thread::{observe, observe_tagged};
use crate::registry::dropped_observation;

/// What is this far from zero, or nearer, is counted around zero: the default of
/// Prometheus' client libraries, 2^-128.
pub(super) const ZERO_THRESHOLD: f64 = f64::from_bits((1023 - 128) << 52);

/// Counts an observation for which the process has no cells left, which are some
/// hundred million.
#[cold]
pub(super) fn no_cells() {
    dropped_observation("cells");
}

/// The counts of a native histogram.
#[derive(Debug)]
pub(crate) struct Series {
    shape: Shape,
    generations: Succession<Generation>,
}

impl Series {
    /// `None` when there are no cells.
    pub(super) fn new(shape: Shape) -> Option<Self> {
        let first = Generation::new(shape.schema, 0)?;
        let generations = Succession::new(first);
        Some(Self { shape, generations })
    }

    /// The first of the cells that it has from the start.
    pub(super) fn first_cell(&self) -> u32 {
        self.generations.first().cells.first
    }

    /// Counts a value that has this key at the finest schema; one without is
    /// counted around zero.
    pub(super) fn observe(&self, key: Option<i32>, negative: bool, sum: impl Fn(u64) -> u64) {
        let Some(key) = key else {
            return observe(self.first_cell(), BEFORE_BUCKETS, sum);
        };
        let count = |generation: &Generation| {
            let tag = tag(key, FINEST - generation.schema, negative);
            observe_tagged(generation.cells, tag, &sum)
        };
        let make = |nth| Generation::new(self.shape.schema, nth);
        if !self.generations.try_last(count, make) {
            no_cells();
        }
    }

    /// All generations, the last one made last.
    pub(super) fn generations(&self) -> impl Iterator<Item = &Generation> {
        self.generations.all()
    }
}
