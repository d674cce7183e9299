//! Cells of gauges: shared by all threads, since a gauge is set.
//!
//! A cell is named by its index and never moves or goes away, so that a handle
//! is an index and recording through a stale one can't touch another series.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Cells of the first chunk; each further chunk has twice as many.
const FIRST_CHUNK: u32 = 512;
const CHUNKS: usize = 22;

/// A growing array of cells. The one at index zero swallows what is written.
#[derive(Debug)]
pub(crate) struct Cells {
    chunks: [OnceLock<Box<[AtomicU64]>>; CHUNKS],
    next: Mutex<u32>,
}

/// The gauges of the process.
pub(crate) static GAUGES: Cells = Cells::new();

/// The chunk of a cell, and the chunk's first index.
pub(super) const fn chunk_of(index: u32) -> (usize, u32) {
    let chunk = (index / FIRST_CHUNK + 1).ilog2();
    (chunk as usize, FIRST_CHUNK * ((1 << chunk) - 1))
}

impl Cells {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: [const { OnceLock::new() }; CHUNKS],
            // The first cell is nowhere.
            next: Mutex::new(1),
        }
    }

    /// Takes `len` zeroed cells in a row that lie in one chunk, and returns the
    /// index of the first. `None` when the index space is used up.
    pub(crate) fn allocate(&self, len: u32) -> Option<u32> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let mut first = *next;
        loop {
            let (chunk, start) = chunk_of(first);
            let size = FIRST_CHUNK << chunk;
            let cells = self.chunks.get(chunk)?;
            if first - start + len <= size {
                cells.get_or_init(|| (0..size).map(|_| AtomicU64::new(0)).collect());
                *next = first + len;
                return Some(first);
            }
            first = start + size;
        }
    }

    /// The cell, if it was allocated.
    fn cell(&self, index: u32) -> Option<&AtomicU64> {
        if index == 0 {
            return None;
        }
        let (chunk, start) = chunk_of(index);
        self.chunks.get(chunk)?.get()?.get((index - start) as usize)
    }

    /// Replaces the value of a cell by `change(value)`.
    pub(crate) fn update(&self, index: u32, mut change: impl FnMut(u64) -> u64) {
        if let Some(cell) = self.cell(index) {
            // Relaxed: a cell is a number of its own, no other memory is
            // published through it. The exchange makes no update get lost.
            let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |value| {
                Some(change(value))
            });
        }
    }

    /// Sets a cell.
    pub(crate) fn set(&self, index: u32, value: u64) {
        if let Some(cell) = self.cell(index) {
            // Relaxed, as in `update`.
            cell.store(value, Ordering::Relaxed);
        }
    }

    /// The value of a cell.
    pub(crate) fn read(&self, index: u32) -> u64 {
        // Relaxed, as in `update`.
        self.cell(index)
            .map_or(0, |cell| cell.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNKS, Cells, FIRST_CHUNK, chunk_of};

    #[test]
    fn chunks_follow_each_other_without_a_gap() {
        let mut next = 0;
        for chunk in 0..CHUNKS {
            let size = FIRST_CHUNK << chunk;
            assert_eq!(chunk_of(next), (chunk, next));
            assert_eq!(chunk_of(next + size - 1), (chunk, next));
            next += size;
        }
    }

    #[test]
    fn ranges_never_overlap_nor_straddle_chunks() {
        let cells = Cells::new();
        let mut end = 0;
        for len in (1..40).cycle().take(2_000) {
            let first = cells.allocate(len).expect("there is room");
            assert!(first >= end);
            assert_eq!(chunk_of(first), chunk_of(first + len - 1));
            for index in first..first + len {
                assert_eq!(cells.read(index), 0);
                cells.set(index, 1);
            }
            end = first + len;
        }
    }

    #[test]
    fn a_cell_that_was_never_allocated_reads_zero_and_swallows() {
        let cells = Cells::new();
        for index in [0, u32::MAX] {
            cells.set(index, 1);
            assert_eq!(cells.read(index), 0);
        }
    }
}
