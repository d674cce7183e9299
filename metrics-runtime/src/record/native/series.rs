//! A native series: its generations.

use super::Shape;
use super::generation::Generation;
use super::key::{FINEST, finest_key, lowered};
use crate::record::thread::observe;
use once_cell::race::OnceBox;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Generations of a series that starts with the finest schema.
const GENERATIONS: usize = 14;

/// What is this far from zero, or nearer, is counted around zero: the default of
/// Prometheus' client libraries, 2^-128.
pub(super) const ZERO_THRESHOLD: f64 = f64::from_bits((1023 - 128) << 52);

/// The counts of a native histogram.
#[derive(Debug)]
pub(crate) struct Series {
    shape: Shape,
    /// The generation in force.
    current: AtomicUsize,
    generations: [OnceBox<Generation>; GENERATIONS],
    /// Held while a generation is made.
    making: Mutex<()>,
}

impl Series {
    /// `None` when there are no cells.
    pub(super) fn new(shape: Shape) -> Option<Self> {
        let series = Self {
            shape,
            current: AtomicUsize::new(0),
            generations: std::array::from_fn(|_| OnceBox::new()),
            making: Mutex::new(()),
        };
        let first = Box::new(Generation::new(shape.schema, 0)?);
        let _ = series.generations[0].set(first);
        Some(series)
    }

    /// Counts a value that isn't NaN.
    #[inline]
    pub(super) fn observe(&self, value: f64, sum: impl FnOnce(u64) -> u64) {
        if let Some((first, bucket)) = self.place(value) {
            observe(first, bucket, sum);
        }
    }

    /// The generation's first cell and the bucket where a value is counted.
    #[inline]
    fn place(&self, value: f64) -> Option<(u32, u32)> {
        let size = value.abs();
        let near_zero = size <= ZERO_THRESHOLD;
        let key = if near_zero { 0 } else { finest_key(size) };
        loop {
            // Acquire: pairs with the release below, so that it is there.
            let current = self.current.load(Ordering::Acquire);
            let generation = self.generations.get(current)?.get()?;
            let bucket = if near_zero {
                Some(0)
            } else {
                let key = lowered(key, FINEST - generation.schema);
                generation.bucket(key, value < 0.0)
            };
            if let Some(bucket) = bucket {
                return Some((generation.first, bucket));
            }
            self.make_after(current)?;
        }
    }

    /// Makes the generation after this one, unless another thread has.
    #[cold]
    #[inline(never)]
    fn make_after(&self, full: usize) -> Option<()> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // Relaxed: changed under the lock only.
        if self.current.load(Ordering::Relaxed) == full {
            let next = full + 1;
            let generation = Generation::new(self.shape.schema, next)?;
            let _ = self.generations.get(next)?.set(Box::new(generation));
            // Release: who sees the number sees the generation.
            self.current.store(next, Ordering::Release);
        }
        Some(())
    }

    /// All generations, the one in force last.
    pub(super) fn generations(&self) -> impl Iterator<Item = &Generation> {
        self.generations.iter().map_while(OnceBox::get)
    }
}
