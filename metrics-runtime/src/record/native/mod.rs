//! Native histograms: buckets that grow exponentially and come up as values do.
//!
//! A series has cells in the threads' slabs like every histogram, and an index that
//! is past every cell, so that recording into a classic histogram doesn't know of
//! it. Each cell says which bucket it counts. What finds no cell, and what a scrape
//! reads, goes through an object of the series.

mod arena;
mod classic;
mod generation;
mod key;
mod reading;
mod record;
mod series;
#[cfg(test)]
mod tests;

pub(super) use arena::{NATIVES, first_cell};
pub(crate) use classic::classic_bounds;
pub(crate) use reading::NativeReading;
pub(super) use reading::{classic, read};
pub(super) use record::{observe_nanos, observe_nanos_apart, observe_value};

use crate::desc::Unit;

/// The bit of an index that says that the series is native; past every cell of a
/// slab, so that recording into a classic histogram needs no look at it.
const NATIVE: u32 = 1 << 31;

/// What the series of a family have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The schema of a series at first.
    pub(crate) schema: i32,
    /// The most buckets that a scrape is given.
    pub(crate) max: u32,
    pub(crate) unit: Unit,
}

impl Shape {
    /// By how much its schema is below the finest one at first.
    pub(super) const fn lower(self) -> i32 {
        key::FINEST - self.schema
    }
}

/// Whether the index is that of a native series.
#[inline]
pub(super) const fn is_native(index: u32) -> bool {
    index & NATIVE != 0
}
