//! What a scrape reads.

use super::native::{self, NATIVES, NativeReading};
use super::slab::{Table, histogram, sum};
use super::thread::SLABS;
use crate::desc::Unit;

/// The slabs as they are now, for a scrape; reused between scrapes so that it
/// allocates once.
#[derive(Debug)]
pub(crate) struct Scan {
    tables: Vec<&'static Table>,
    /// What a histogram holds in one slab.
    buckets: Vec<u64>,
}

impl Scan {
    pub(crate) const fn new() -> Self {
        Self {
            tables: Vec::new(),
            buckets: Vec::new(),
        }
    }

    /// Before each page.
    pub(crate) fn refresh(&mut self) {
        self.tables.clear();
        // Most programs have no slab that threads share, and its table is empty.
        self.tables
            .extend(SLABS.tables().filter(|table| !table.is_empty()));
    }

    /// A counter.
    #[inline]
    pub(crate) fn sum(&self, cell: u32) -> u64 {
        sum(self.tables.iter().copied(), cell)
    }

    /// Sets `buckets` to the histogram's counts and returns its sum as a double;
    /// `None` when writers kept it torn for too long.
    pub(crate) fn histogram(&mut self, first: u32, unit: Unit, buckets: &mut [u64]) -> Option<f64> {
        buckets.fill(0);
        if let Some(shape) = NATIVES.shape(first) {
            let series = NATIVES.series(first);
            return Some(native::classic(series, shape, &self.tables, buckets));
        }
        // The bits of zero are zero for both kinds of sums.
        let mut total = 0;
        self.buckets.resize(buckets.len(), 0);
        for table in &self.tables {
            total = unit.add(total, histogram(table, first, &mut self.buckets)?);
            for (bucket, count) in buckets.iter_mut().zip(&self.buckets) {
                *bucket = bucket.wrapping_add(*count);
            }
        }
        Some(unit.value(total))
    }

    /// A native histogram as the formats that know it have it; `None` if the
    /// histogram isn't one.
    pub(crate) fn native(&mut self, first: u32) -> Option<NativeReading> {
        let shape = NATIVES.shape(first)?;
        Some(native::read(NATIVES.series(first), shape, &self.tables))
    }
}
