//! Cells of buckets that come up as values do: each says what it counts.
//!
//! A cell of a native histogram holds a bucket's tag, which isn't zero, above its
//! count. Both
//! are one number with one writer, as in every slab, so that a bucket comes up in
//! a thread's cells by the very store that counts into it first; which cell that
//! is differs from slab to slab, and a scrape joins the counts of equal tags.

use super::slab::{BEFORE_BUCKETS, Chunk, Slabs, begin, pass_turn, take_turn, write};
use crate::sync::{AtomicU64, Ordering};

/// Bits of a cell that count. Who sets the highest of them has filled the cell,
/// which some hours of nothing else take; the bucket goes on in another one.
const COUNT: u32 = 42;

/// Cells before those with tags: those of any histogram, and the bucket around
/// zero.
const BEFORE_TAGS: u32 = BEFORE_BUCKETS + 1;

/// How many cells are looked at for a bucket: many more than it takes unless nearly
/// all are in use.
const TRIES: u32 = 128;

/// From one of them to the next: out of the row that neighbours make. It has no
/// divisor in common with the number of cells that any generation has.
const STRIDE: u32 = 37;

/// The highest bit of a tag, which says that its bucket is below zero.
pub(crate) const SIGN: u32 = 21;

/// The cells of a histogram whose buckets have tags.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cells {
    /// The first one, a multiple of the width.
    pub(crate) first: u32,
    /// How many there are: a power of two, and eight at least.
    pub(crate) width: u32,
}

/// The tag and the count in a cell that isn't empty.
pub(crate) const fn read(cell: u64) -> (u32, u64) {
    ((cell >> COUNT) as u32, cell & ((1 << COUNT) - 1))
}

/// Which of the tagged cells a bucket belongs into. Neighbours have neighbouring
/// ones, and those below zero are far from those above.
#[inline]
const fn home(tag: u32, width: u32) -> u32 {
    let place = (tag ^ ((tag >> SIGN) * (width / 2))) & (width - 1);
    // There are three less than the width: three pairs of places are one.
    place - (place >> (width.ilog2() - 2))
}

/// Whether a cell counts this bucket, and isn't full.
#[inline]
fn counts(cell: u64, tag: u32) -> bool {
    cell >> (COUNT - 1) == u64::from(tag) << 1
}

/// Counts an observation in the bucket's cell, if it is where it belongs.
#[inline]
pub(crate) fn try_observe(
    chunk: &Chunk,
    cells: Cells,
    tag: u32,
    sum: impl FnOnce(u64) -> u64,
) -> bool {
    let Cells { first, width } = cells;
    let offset = BEFORE_TAGS + home(tag, width);
    // Relaxed, here and below: who writes here, or has the turn, reads its own.
    let cell = chunk.cell(first, offset).load(Ordering::Relaxed);
    let counts = counts(cell, tag);
    if counts {
        change(chunk, first, offset, cell + 1, sum);
    }
    counts
}

/// Counts an observation in the bucket's cell, which comes up if need be; false
/// when there is none left for it.
pub(crate) fn observe(chunk: &Chunk, cells: Cells, tag: u32, sum: impl FnOnce(u64) -> u64) -> bool {
    let found = find(chunk, cells, tag);
    if let Some((offset, next)) = found {
        change(chunk, cells.first, offset, next, sum);
    }
    found.is_some()
}

/// As [`observe`], in the slab that threads share.
pub(crate) fn observe_shared(
    slabs: &Slabs,
    cells: Cells,
    tag: u32,
    sum: impl FnOnce(u64) -> u64,
) -> bool {
    let first = cells.first;
    let Some(chunk) = slabs.shared_chunk(first) else {
        // There is none for any bucket: another one would do no better.
        return true;
    };
    let before = take_turn(chunk, first);
    let found = find(chunk, cells, tag);
    match found {
        Some((offset, next)) => write(chunk, first, offset, set(next), sum, before),
        None => pass_turn(chunk, first, before),
    }
    found.is_some()
}

/// Where a bucket is counted, and what its cell holds after one observation more.
fn find(chunk: &Chunk, cells: Cells, tag: u32) -> Option<(u32, u64)> {
    let Cells { first, width } = cells;
    let places = width - BEFORE_TAGS;
    let mut place = home(tag, width);
    for _ in 0..places.min(TRIES) {
        let offset = BEFORE_TAGS + place;
        let cell = chunk.cell(first, offset).load(Ordering::Relaxed);
        if cell == 0 {
            return Some((offset, u64::from(tag) << COUNT | 1));
        } else if counts(cell, tag) {
            return Some((offset, cell + 1));
        }
        place = (place + STRIDE) % places;
    }
    None
}

/// Changes a cell of a histogram in one's own slab.
#[inline]
fn change(chunk: &Chunk, first: u32, offset: u32, to: u64, sum: impl FnOnce(u64) -> u64) {
    let before = begin(chunk, first);
    write(chunk, first, offset, set(to), sum, before);
}

#[inline]
fn set(to: u64) -> impl FnOnce(&AtomicU64) {
    // Relaxed: as all cells between the two writes of the sequence number.
    move |cell| cell.store(to, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::super::slab::{self, Chunk, Slabs};
    use super::{COUNT, Cells, home, observe, read, try_observe};
    use crate::sync::Ordering;

    fn cells(width: u32) -> (&'static Chunk, Cells) {
        let slabs = Slabs::new();
        let first = slabs.allocate(width, width).expect("there is room");
        let slab = slabs.claim().expect("there is a slab");
        let chunk = slab::chunk(slab.touch(first), first).expect("it was touched");
        (chunk, Cells { first, width })
    }

    /// The tags and counts of all cells that aren't empty.
    fn counted(chunk: &Chunk, cells: Cells) -> Vec<(u32, u64)> {
        let offsets = super::BEFORE_TAGS..cells.width;
        let cells = offsets.map(|offset| chunk.cell(cells.first, offset).load(Ordering::Relaxed));
        cells.filter(|cell| *cell != 0).map(read).collect()
    }

    // Mutation: `counts` looks at the tag alone.
    #[test]
    fn a_full_cell_leaves_its_bucket_to_another() {
        let (chunk, cells) = cells(64);
        let full = 1 << (COUNT - 1);
        let offset = super::BEFORE_TAGS + home(7, 64);
        let cell = chunk.cell(cells.first, offset);
        cell.store(7 << COUNT | (full - 1), Ordering::Relaxed);
        assert!(try_observe(chunk, cells, 7, |sum| sum));
        assert!(!try_observe(chunk, cells, 7, |sum| sum));
        assert!(observe(chunk, cells, 7, |sum| sum));
        assert!(observe(chunk, cells, 7, |sum| sum));
        assert_eq!(counted(chunk, cells), [(7, full), (7, 2)]);
    }

    // Mutations: `find` begins anew at the header's cells; it takes a cell of another
    // bucket.
    #[test]
    fn there_are_cells_for_three_buckets_less_than_the_width() {
        for width in [8, 64, 128] {
            let (chunk, cells) = cells(width);
            let tags = 1_000..1_000 + width - 3;
            for tag in tags.clone() {
                assert!(observe(chunk, cells, tag, |sum| sum + 1), "{tag}");
            }
            assert!(!observe(chunk, cells, 1, |sum| sum + 1));
            let mut counted = counted(chunk, cells);
            counted.sort_unstable();
            assert_eq!(counted, tags.map(|tag| (tag, 1)).collect::<Vec<_>>());
            let sum = chunk.cell(cells.first, 1).load(Ordering::Relaxed);
            assert_eq!(sum, u64::from(width) - 3);
        }
    }
}
