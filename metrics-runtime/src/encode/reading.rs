//! Reading the series of a family, by its kind.

use super::section::{Series, Writer};
use crate::desc::Unit;
use crate::record::{FamilyCore, Scan};
use std::iter::repeat_n;

/// Reads series of one kind and writes them: each kind has a loop of its own, which keeps
/// in registers what it needs. A counter or histogram that was never recorded into is left
/// out unless its site or its maker asked for zero, or it is shown for another reason.
pub(super) trait Reading {
    /// Reads the series at a cell, which is the `nth` of its family.
    fn series<'t>(
        &mut self,
        cell: u32,
        nth: usize,
        is_shown: impl FnOnce() -> bool,
        series: impl FnOnce() -> Series<'t>,
    );
}

/// Reads counters, and gauges that count.
pub(super) struct Integers<'a, R, W> {
    pub(super) read: R,
    pub(super) writer: &'a mut W,
}

impl<R: Fn(u32) -> u64, W: Writer> Reading for Integers<'_, R, W> {
    #[inline]
    fn series<'t>(
        &mut self,
        cell: u32,
        _nth: usize,
        is_shown: impl FnOnce() -> bool,
        series: impl FnOnce() -> Series<'t>,
    ) {
        let value = (self.read)(cell);
        if value != 0 || is_shown() {
            self.writer.integer(series(), value);
        }
    }
}

/// Reads gauges.
pub(super) struct Gauges<'a, W> {
    pub(super) writer: &'a mut W,
}

impl<W: Writer> Reading for Gauges<'_, W> {
    // One in a table is there because it was asked for, and shown.
    #[inline]
    fn series<'t>(
        &mut self,
        cell: u32,
        _nth: usize,
        is_shown: impl FnOnce() -> bool,
        series: impl FnOnce() -> Series<'t>,
    ) {
        let value = FamilyCore::gauge(cell).get();
        if value.to_bits() != 0 || is_shown() {
            self.writer.double(series(), value);
        }
    }
}

/// Reads histograms.
pub(super) struct Histograms<'a, W> {
    pub(super) writer: &'a mut W,
    pub(super) scan: &'a mut Scan,
    pub(super) unit: Unit,
    /// As long as a histogram has buckets.
    pub(super) scratch: &'a mut [u64],
    /// The previous reading of each series: none, or the sum's bits, then the counts.
    pub(super) previous: &'a mut [Box<[u64]>],
}

impl<W: Writer> Reading for Histograms<'_, W> {
    #[inline]
    fn series<'t>(
        &mut self,
        cell: u32,
        nth: usize,
        is_shown: impl FnOnce() -> bool,
        series: impl FnOnce() -> Series<'t>,
    ) {
        let sum = self.scan.histogram(cell, self.unit, self.scratch);
        let Some(kept) = self.previous.get_mut(nth) else {
            return;
        };
        if keep(kept, sum, self.scratch, is_shown())
            && let [sum, counts @ ..] = &**kept
        {
            // Read after the classic ones, which are then no more.
            let native = W::NATIVE.then(|| self.scan.native(cell)).flatten();
            if let Some(reading) = native {
                self.writer.native(series(), &reading, counts);
            } else {
                let sum = f64::from_bits(*sum);
                self.writer.histogram(series(), sum, counts);
            }
        }
    }
}

/// Keeps the reading of a histogram; false if it isn't to be served. One that was
/// torn, which has no sum, stays as it was: buckets, sum and count must belong
/// together, and what was served must not decrease.
fn keep(kept: &mut Box<[u64]>, sum: Option<f64>, read: &[u64], shown: bool) -> bool {
    if kept.is_empty() {
        let touched = sum.is_some() && read.iter().any(|&count| count != 0);
        if !shown && !touched {
            return false;
        }
        *kept = repeat_n(0, 1 + read.len()).collect();
    }
    if let (Some(sum), Some((bits, counts))) = (sum, kept.split_first_mut()) {
        *bits = sum.to_bits();
        counts.copy_from_slice(read);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::keep;

    // Mutation: `keep` takes the counts of a torn reading.
    #[test]
    fn a_torn_histogram_stays_as_it_was() {
        let mut kept: Box<[u64]> = Box::default();
        assert!(!keep(&mut kept, Some(0.0), &[0, 0], false), "untouched");
        assert!(
            !keep(&mut kept, None, &[9, 9], false),
            "torn and never read"
        );
        assert!(kept.is_empty());
        assert!(
            keep(&mut kept, None, &[9, 9], true),
            "torn, and shown at zero"
        );
        assert_eq!(*kept, [0, 0, 0]);
        assert!(keep(&mut kept, Some(1.5), &[1, 2], false));
        assert!(keep(&mut kept, None, &[9, 9], false));
        assert_eq!(*kept, [1.5_f64.to_bits(), 1, 2]);
    }
}
