//! Observations counted in buckets.
//!
//! The cells of a histogram are a sequence number, its sum and then its
//! buckets, each counting its own observations; cumulation is the exposition's.

use super::bucket::{Bounds, nanos_of, offset_of_nanos};
use super::exemplar;
use super::native::{self, NATIVES, first_cell, is_native};
use super::slab::{BEFORE_BUCKETS, histogram, histogram_as_it_is};
use super::thread::{SLABS, observe, try_observe};
use crate::desc::Unit;
use crate::registry::dropped_observation;
use metrics_site::Durations;
use std::time::Duration;

/// A histogram, with fixed buckets or with native ones.
///
/// The handle is an index and a reference to the bounds; copy it freely.
///
/// ```
/// let registry = metrics_runtime::Registry::new();
/// let sizes = registry.histogram("upload_size_bytes", "Size of uploads in bytes.", &[1e3, 1e6])?;
/// sizes.observe(500.0);
/// sizes.observe(2e6);
/// let page = registry.to_text();
/// assert!(page.contains("upload_size_bytes_bucket{le=\"1000\"} 1\n"));
/// assert!(page.contains("upload_size_bytes_sum 2000500\n"));
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Histogram {
    pub(crate) cell: u32,
    pub(crate) bounds: &'static Bounds,
    pub(crate) unit: Unit,
}

/// A function of C, so that its callers need no code for its unwinding, of
/// which there is none.
#[cold]
#[inline(never)]
extern "C" fn observe_untouched(cell: u32, offset: u32, nanos: u64) {
    observe(cell, offset, |sum| sum.wrapping_add(nanos));
}

/// As [`observe_untouched`], for a value.
#[cold]
#[inline(never)]
extern "C" fn observe_value_untouched(cell: u32, offset: u32, value: f64) {
    let add = |sum| (f64::from_bits(sum) + value).to_bits();
    observe(cell, offset, add);
}

/// The longest duration that is observed, some hundred days: two thousand of them
/// fit into the sum, which must not start anew.
const LONGEST_NANOS: u64 = 1 << 53;

/// The cell of a bucket of the histogram with these cells.
#[inline]
pub(super) const fn fixed_cell(first: u32, bucket: u32) -> u32 {
    first.wrapping_add(BEFORE_BUCKETS + bucket)
}

/// The cell of a fixed bucket of the histogram at `cell`. A native one counts
/// others there, and keeps the exemplars of its fixed buckets by these numbers.
#[inline]
pub(crate) fn bucket_cell(cell: u32, bucket: u32) -> u32 {
    let first = if is_native(cell) {
        first_cell(cell)
    } else {
        cell
    };
    fixed_cell(first, bucket)
}

/// A histogram as read by a scrape.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// Observations of each bucket alone, the one up to `+Inf` last.
    pub(crate) buckets: Vec<u64>,
    pub(crate) sum: f64,
}

impl Histogram {
    /// Counts a value, in seconds if the histogram is one of durations.
    ///
    /// NaN is refused: it would make the sum NaN for good. So is a duration
    /// that isn't finite, since durations are kept as integers. Both are counted
    /// in `metrics_dropped_observations_total{reason="nan|infinite"}` of the
    /// global registry. A duration below zero counts as zero,
    /// one over 2^53 ns (104 days) as that.
    pub fn observe(&self, value: f64) {
        if value.is_nan() {
            dropped_observation("nan");
        } else if self.unit == Unit::Seconds && value.is_infinite() {
            dropped_observation("infinite");
        } else if self.unit == Unit::Seconds {
            self.observe_nanos(nanos_of(value).min(LONGEST_NANOS));
        } else if is_native(self.cell) {
            native::observe_value(self.cell, self.bounds, value);
        } else {
            let add = |bits| (f64::from_bits(bits) + value).to_bits();
            let offset = BEFORE_BUCKETS + self.bounds.bucket(value);
            if !try_observe(self.cell, offset, add) {
                observe_value_untouched(self.cell, offset, value);
            }
            exemplar::offer(self.cell.wrapping_add(offset), || value);
        }
    }

    /// Counts an integer in a histogram of values with fixed buckets, whose bounds are
    /// integers below 10^10: their search as nanoseconds is half as long as that of
    /// doubles.
    #[cfg(feature = "http")]
    #[inline]
    pub(crate) fn observe_integer(&self, value: u64) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a histogram of values has doubles"
        )]
        let double = value as f64;
        // Beyond all bounds if it is too large for that.
        let nanos = value.saturating_mul(1_000_000_000);
        let offset = offset_of_nanos(self.bounds.durations(), nanos);
        let add = |bits| (f64::from_bits(bits) + double).to_bits();
        if !try_observe(self.cell, offset, add) {
            observe_value_untouched(self.cell, offset, double);
        }
        exemplar::offer(self.cell.wrapping_add(offset), || double);
    }

    /// Counts a duration, in seconds.
    pub fn observe_duration(&self, duration: Duration) {
        if self.unit == Unit::Seconds {
            let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
            self.observe_nanos(nanos.min(LONGEST_NANOS));
        } else {
            self.observe(duration.as_secs_f64());
        }
    }

    /// Counts nanoseconds in a histogram of durations.
    #[inline]
    pub(crate) fn observe_nanos(&self, nanos: u64) {
        Self::observe_nanos_at(self.bounds.durations(), self.cell, nanos);
    }

    /// Whether the histogram at this cell is a native one.
    pub(crate) const fn is_native_at(cell: u32) -> bool {
        is_native(cell)
    }

    /// Counts nanoseconds in the histogram of durations at this cell.
    #[inline]
    pub(crate) fn observe_nanos_at(bounds: &Durations, cell: u32, nanos: u64) {
        if is_native(cell) {
            native::observe_nanos_apart(bounds, cell, nanos);
        } else {
            Self::observe_classic_at(bounds, cell, nanos);
        }
    }

    /// As [`observe_nanos_at`](Self::observe_nanos_at), where it has fixed buckets.
    #[inline]
    pub(crate) fn observe_classic_at(bounds: &Durations, cell: u32, nanos: u64) {
        let offset = offset_of_nanos(bounds, nanos);
        if !try_observe(cell, offset, |sum| sum.wrapping_add(nanos)) {
            observe_untouched(cell, offset, nanos);
        }
        exemplar::offer(cell.wrapping_add(offset), || Unit::Seconds.value(nanos));
    }

    /// As [`observe_nanos_at`](Self::observe_nanos_at), where it is a native one.
    #[inline]
    pub(crate) fn observe_native_at(bounds: &Durations, cell: u32, nanos: u64) {
        native::observe_nanos(bounds, cell, nanos);
    }

    /// Observations so far.
    pub fn count(&self) -> u64 {
        self.snapshot().buckets.iter().sum()
    }

    /// Sum of the observations so far.
    pub fn sum(&self) -> f64 {
        self.snapshot().sum
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut buckets = vec![0; self.bounds.buckets() as usize];
        if let Some(shape) = self.bounds.shape() {
            let tables: Vec<_> = SLABS.tables().collect();
            let sum = native::classic(NATIVES.series(self.cell), shape, &tables, &mut buckets);
            return Snapshot { buckets, sum };
        }
        let mut slab = buckets.clone();
        // The bits of zero are zero for both kinds of sums.
        let mut total = 0;
        for table in SLABS.tables() {
            // A writer that is interrupted goes on soon; one that never rests is
            // read as it is in the end.
            let mut tries = (0..100).map(|_| histogram(table, self.cell, &mut slab));
            let sum = tries.find_map(|sum| sum);
            let sum = sum.unwrap_or_else(|| histogram_as_it_is(table, self.cell, &mut slab));
            total = self.unit.add(total, sum);
            for (bucket, count) in buckets.iter_mut().zip(&slab) {
                *bucket += count;
            }
        }
        Snapshot {
            buckets,
            sum: self.unit.value(total),
        }
    }
}
