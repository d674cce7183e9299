//! Native histograms: buckets that grow exponentially and come up as values do.
//!
//! A series is an object of an arena, with an index above that of every cell, so
//! that recording into a classic histogram doesn't know of it. Its counts lie in
//! the threads' slabs like all others; a directory that all threads share says in
//! which cell a bucket is counted.

mod arena;
mod classic;
mod generation;
mod key;
mod reading;
mod series;
#[cfg(test)]
mod tests;

pub(super) use arena::NATIVES;
pub(crate) use classic::classic_bounds;
pub(crate) use reading::NativeReading;
pub(super) use reading::{classic, read};

use crate::desc::Unit;

/// The first index of a native series: past every cell of a slab, and before
/// [`OFF`](crate::catalogue::OFF).
const NATIVE_BASE: u32 = 1 << 31;

/// What the series of a family have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The schema of a series at first.
    pub(crate) schema: i32,
    /// The most buckets that a scrape is given.
    pub(crate) max: u32,
    pub(crate) unit: Unit,
}

/// Whether the index is that of a native series.
#[inline]
pub(super) fn is_native(index: u32) -> bool {
    index >= NATIVE_BASE
}

/// Counts a duration.
pub(super) fn observe_nanos(index: u32, nanos: u64) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "durations are at most 2^53 nanoseconds"
    )]
    let seconds = nanos as f64 / 1e9;
    if let Some(series) = NATIVES.touch(index) {
        series.observe(seconds, |sum| sum.wrapping_add(nanos));
    }
}

/// Counts a value that isn't NaN.
pub(super) fn observe_value(index: u32, value: f64) {
    if let Some(series) = NATIVES.touch(index) {
        series.observe(value, |sum| (f64::from_bits(sum) + value).to_bits());
    }
}
