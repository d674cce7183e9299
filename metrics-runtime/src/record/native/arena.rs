//! The native series of the process, by index.

use super::series::Series;
use super::{NATIVE, Shape, is_native};
use crate::record::bucket::Bounds;
use once_cell::race::{OnceBox, OnceRef};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Places of a block.
const PLACES: usize = 1_024;

/// Blocks: enough for as many series as there are cells for.
const BLOCKS: usize = 1_024;

/// Blocks of places. None moves or goes away.
#[derive(Debug)]
pub(crate) struct Natives {
    blocks: [OnceBox<[Place; PLACES]>; BLOCKS],
    next: Mutex<usize>,
}

/// Where a series is.
#[derive(Debug)]
struct Place {
    /// Those of its family; none before it was handed out.
    bounds: OnceRef<'static, Bounds>,
    /// Made when it is recorded into.
    series: OnceBox<Series>,
}

/// The native series of the process.
pub(crate) static NATIVES: Natives = Natives {
    blocks: [const { OnceBox::new() }; BLOCKS],
    next: Mutex::new(0),
};

/// The first cell of each series, or zero, which is nowhere: one look-up on the way
/// to the cells. What isn't used takes no memory.
static FIRST_CELLS: [AtomicU32; PLACES * BLOCKS] = [const { AtomicU32::new(0) }; PLACES * BLOCKS];

/// The first of the cells of a native series; zero, which is nowhere, if it was
/// never recorded into.
#[inline]
pub(in crate::record) fn first_cell(index: u32) -> u32 {
    // Masked: cheaper than a check, and never out of bounds. Relaxed: it is a number
    // by which each thread finds cells of its own.
    FIRST_CELLS[index as usize % FIRST_CELLS.len()].load(Ordering::Relaxed)
}

impl Natives {
    /// Takes places for `len` series in a row and returns the index of the first.
    /// `None` when they are used up.
    pub(crate) fn allocate(&self, len: u32, bounds: &'static Bounds) -> Option<u32> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *next;
        let end = first + len as usize;
        if end > PLACES * BLOCKS {
            return None;
        }
        for place in first..end {
            let block = self.blocks.get(place / PLACES)?;
            let new = |_| Place {
                bounds: OnceRef::new(),
                series: OnceBox::new(),
            };
            let block = block.get_or_init(|| Box::new(std::array::from_fn(new)));
            let _ = block.get(place % PLACES)?.bounds.set(bounds);
        }
        *next = end;
        u32::try_from(first).ok().map(|first| NATIVE | first)
    }

    fn place(&self, index: u32) -> Option<&Place> {
        let place = (index & !NATIVE) as usize;
        self.blocks.get(place / PLACES)?.get()?.get(place % PLACES)
    }

    /// What the series has recorded so far, if anything.
    pub(crate) fn series(&self, index: u32) -> Option<&Series> {
        self.place(index)?.series.get()
    }

    /// What the series has in common with its family; `None` if it isn't native.
    pub(crate) fn shape(&self, index: u32) -> Option<Shape> {
        let place = is_native(index).then(|| self.place(index))??;
        place.bounds.get()?.shape()
    }

    /// The series, to record into.
    pub(super) fn touch(&self, index: u32) -> Option<&Series> {
        let place = self.place(index)?;
        place.series.get().or_else(|| {
            let series = place.make()?;
            // Relaxed: as above.
            let first = FIRST_CELLS.get((index & !NATIVE) as usize)?;
            first.store(series.first_cell(), Ordering::Relaxed);
            Some(series)
        })
    }
}

impl Place {
    /// Two threads may make it; one of both is kept, and its counts alone are
    /// written.
    #[cold]
    #[inline(never)]
    fn make(&self) -> Option<&Series> {
        let shape = self.bounds.get()?.shape()?;
        let series = Box::new(Series::new(shape)?);
        Some(self.series.get_or_init(|| series))
    }
}
