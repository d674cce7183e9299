//! Cells of a native series at one schema.

use super::key::{COARSEST, FINEST, of_tag};
use crate::desc::Unit;
use crate::record::slab::{BEFORE_BUCKETS, Table, histogram};
use crate::record::tagged::{self, Cells};
use crate::record::thread::SLABS;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Cells of a series at first: by default those of a factor of 50,000 between the
/// shortest duration and the longest.
pub(super) const FEW: u32 = 128;

/// Cells of those that have more than the first generation: a chunk.
const MANY: u32 = 512;

/// Cells that count a series at one schema. When a bucket finds none in some
/// thread, a generation with more of them or with wider buckets follows; this one
/// keeps what it counted, and counts on what it knows.
#[derive(Debug)]
pub(super) struct Generation {
    pub(super) schema: i32,
    pub(super) cells: Cells,
    /// The last reading that wasn't torn.
    kept: Mutex<Kept>,
}

/// A reading.
#[derive(Debug, Default)]
struct Kept {
    /// The sum, as a cell has it.
    sum: u64,
    /// The count of the bucket around zero.
    zero: u64,
    /// The key, the sign and the count of each other bucket.
    buckets: Vec<(i32, bool, u64)>,
}

impl Generation {
    /// The nth generation of a series that started with this schema; `None` when
    /// there is none, or there are no cells.
    pub(super) fn new(initial: i32, nth: usize) -> Option<Self> {
        let schema = Self::schema(initial, nth)?;
        let width = if nth == 0 { FEW } else { MANY };
        let first = SLABS.allocate(width, width)?;
        Some(Self {
            schema,
            cells: Cells { first, width },
            kept: Mutex::default(),
        })
    }

    /// Its schema. In the last one all buckets of all numbers have cells: it is
    /// never full.
    pub(super) fn schema(initial: i32, nth: usize) -> Option<i32> {
        let lower = i32::try_from(nth.saturating_sub(1)).ok()?;
        (initial - lower >= COARSEST).then_some(initial - lower)
    }

    /// Its counts in these slabs, of one moment for each of them: those of the
    /// reading before if one was being written for too long, so that nothing
    /// decreases and the sum belongs to the counts.
    pub(super) fn read(&self, tables: &[&'static Table], unit: Unit) -> Counts<'_> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = self.read_now(tables, unit) {
            *kept = read;
        }
        Counts { kept }
    }

    /// Its counts; `None` when one was being written.
    fn read_now(&self, tables: &[&'static Table], unit: Unit) -> Option<Kept> {
        let mut read = Kept::default();
        let mut cells = vec![0; (self.cells.width - BEFORE_BUCKETS) as usize];
        for table in tables {
            let sum = histogram(table, self.cells.first, &mut cells)?;
            read.sum = unit.add(read.sum, sum);
            if let Some((zero, cells)) = cells.split_first() {
                read.zero += zero;
                let counted = cells.iter().filter(|cell| **cell != 0);
                read.buckets.extend(counted.map(|&cell| {
                    let (tag, count) = tagged::read(cell);
                    let (key, negative) = of_tag(tag, FINEST - self.schema);
                    (key, negative, count)
                }));
            }
        }
        Some(read)
    }
}

/// What a generation has counted.
pub(super) struct Counts<'a> {
    kept: MutexGuard<'a, Kept>,
}

impl Counts<'_> {
    /// The sum, as a cell has it.
    pub(super) fn sum(&self) -> u64 {
        self.kept.sum
    }

    /// The count of the bucket around zero.
    pub(super) fn zero(&self) -> u64 {
        self.kept.zero
    }

    /// The key, the sign and the count of each bucket in each slab.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (i32, bool, u64)> {
        self.kept.buckets.iter().copied()
    }
}
