//! Cells of a native series, and the directory of what they count.

use super::key::{COARSEST, SIGN, packed, unpacked};
use crate::desc::Unit;
use crate::record::slab::{BEFORE_BUCKETS, Table, histogram};
use crate::record::thread::SLABS;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Cells of a series at first: most have their values within few octaves.
const FEW: u32 = 64;

/// Cells of those that have more: a chunk.
const MANY: u32 = 512;

/// Cells before those of the directory: those of any histogram, and the bucket
/// around zero.
const BEFORE_ENTRIES: u32 = BEFORE_BUCKETS + 1;

/// How far from where it belongs an entry may be: twice as far as the last
/// generation needs, where up to 69 keys lie from zero on in a row.
const FARTHEST: usize = 128;

/// Cells that count a series at one schema. When an entry finds no place, a
/// generation with more of them or with wider buckets follows; this one keeps
/// what it counted.
#[derive(Debug)]
pub(super) struct Generation {
    pub(super) schema: i32,
    /// The first cell.
    pub(super) first: u32,
    /// Buckets, each counted in the cell at the place of its entry; zero where
    /// none is. An entry never changes nor goes away.
    entries: Box<[AtomicU32]>,
    /// The sum, the count around zero and those of the entries, at the last
    /// reading that wasn't torn.
    kept: Mutex<Vec<u64>>,
}

impl Generation {
    /// The nth generation of a series that started with this schema; `None` when
    /// there is none, or there are no cells.
    pub(super) fn new(initial: i32, nth: usize) -> Option<Self> {
        let (schema, width) = Self::plan(initial, nth)?;
        let first = SLABS.allocate(width, width)?;
        let entries = width - BEFORE_ENTRIES;
        Some(Self {
            schema,
            first,
            entries: (0..entries).map(|_| AtomicU32::new(0)).collect(),
            kept: Mutex::new(Vec::new()),
        })
    }

    /// Its schema and its cells. In the last one all buckets of all numbers have
    /// places: it is never full.
    pub(super) fn plan(initial: i32, nth: usize) -> Option<(i32, u32)> {
        let Some(lower) = nth.checked_sub(1) else {
            return Some((initial, FEW));
        };
        let schema = initial - i32::try_from(lower).ok()?;
        (schema >= COARSEST).then_some((schema, MANY))
    }

    /// The bucket that counts a key, which is entered if it is new; `None` when
    /// there is no place for it.
    #[inline]
    pub(super) fn bucket(&self, key: i32, negative: bool) -> Option<u32> {
        let wanted = packed(key, negative);
        let len = self.entries.len();
        // Neighbours have neighbouring places, and those below zero are far from
        // those above.
        let half = wanted >> SIGN << 8;
        let mut at = (wanted ^ half) as usize & (len + BEFORE_ENTRIES as usize - 1);
        if at >= len {
            at -= len;
        }
        for _ in 0..FARTHEST {
            let entry = self.entries.get(at)?;
            // Acquire: pairs with the release below, so that who reads a count
            // of this thread's sees the entry, whoever made it.
            let mut seen = entry.load(Ordering::Acquire);
            if seen == 0 {
                let entered =
                    entry.compare_exchange(0, wanted, Ordering::AcqRel, Ordering::Acquire);
                seen = entered.err().unwrap_or(wanted);
            }
            if seen == wanted {
                return u32::try_from(at + 1).ok();
            }
            at += 1;
            if at == len {
                at = 0;
            }
        }
        None
    }

    /// Its counts in these slabs, of one moment for each of them: those of the
    /// reading before if one was being written for too long, so that nothing
    /// decreases and the sum belongs to the counts.
    pub(super) fn read(&self, tables: &[&'static Table], unit: Unit) -> Counts<'_> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = 1 + self.entries.len();
        kept.resize(1 + counts, 0);
        let mut read = vec![0; 1 + counts];
        let mut own = vec![0; counts];
        let torn = tables.iter().any(|table| {
            let sum = histogram(table, self.first, &mut own);
            if let (Some(sum), Some((all, counts))) = (sum, read.split_first_mut()) {
                *all = unit.add(*all, sum);
                for (count, own) in counts.iter_mut().zip(&own) {
                    *count = count.wrapping_add(*own);
                }
            }
            sum.is_none()
        });
        if !torn {
            *kept = read;
        }
        Counts {
            generation: self,
            kept,
        }
    }
}

/// What a generation has counted.
pub(super) struct Counts<'a> {
    generation: &'a Generation,
    kept: MutexGuard<'a, Vec<u64>>,
}

impl Counts<'_> {
    /// The sum, as a cell has it.
    pub(super) fn sum(&self) -> u64 {
        self.kept.first().copied().unwrap_or_default()
    }

    /// The count of the bucket around zero.
    pub(super) fn zero(&self) -> u64 {
        self.kept.get(1).copied().unwrap_or_default()
    }

    /// The key, the sign and the count of each bucket that isn't empty.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (i32, bool, u64)> {
        let counts = self.kept.iter().skip(2);
        let entries = self.generation.entries.iter().zip(counts);
        let entries = entries.filter(|(_, count)| **count != 0);
        entries.map(|(entry, count)| {
            // Relaxed: the count was read before, with the entry made visible by
            // its writer's sequence number.
            let (key, negative) = unpacked(entry.load(Ordering::Relaxed));
            (key, negative, *count)
        })
    }
}
