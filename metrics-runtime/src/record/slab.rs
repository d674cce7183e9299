//! Slabs: cells of counters and histograms, one slab for each thread.
//!
//! A cell is named by its index, which is the same in every slab; its value is
//! the sum over the slabs. A slab has one writer, so that recording is a load
//! and a store, without a locked instruction and without a cache line that two
//! threads write. Slabs are never freed: a thread that ends leaves its slab,
//! with what it holds, to one that starts.
//!
//! There is no static here, so that the models in `tests/loom` drive these very
//! types.

use crate::sync::{
    AtomicBool, AtomicU64, CHUNK, FIRST_INDEX, FIRST_TABLE, Mutex, OnceRef, Ordering, SLABS,
    TABLES, TRIES, fence, spin_loop, yield_now,
};
use std::sync::PoisonError;

/// One past the last index.
const END: usize = CHUNK * (FIRST_TABLE << (TABLES - 1));

/// Cells of a histogram before those of its buckets: a sequence number, which
/// is odd while the others are written, and the sum.
pub(crate) const BEFORE_BUCKETS: u32 = 2;

/// Cells that are allocated when the first of them is touched.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Chunk([AtomicU64; CHUNK]);

/// The first cell of a histogram is a multiple of this at least.
const HISTOGRAM: usize = 4;

impl Chunk {
    fn leaked() -> &'static Self {
        Box::leak(Box::new(Self(std::array::from_fn(|_| AtomicU64::new(0)))))
    }

    /// The cell with this index, `offset` further on; both lie in one chunk.
    #[inline]
    pub(super) fn cell(&self, index: u32, offset: u32) -> &AtomicU64 {
        // Masked: cheaper than a check, and never out of bounds.
        &self.0[index.wrapping_add(offset) as usize % CHUNK]
    }

    /// The cells of a histogram before its buckets.
    #[inline]
    fn head(&self, first: u32) -> [&AtomicU64; 2] {
        let first = first as usize % CHUNK / HISTOGRAM * HISTOGRAM;
        [&self.0[first], &self.0[first + 1]]
    }
}

/// The chunks of a slab, by index.
pub(crate) type Table = [OnceRef<'static, Chunk>];

/// The chunk of a cell, if it was touched.
#[inline]
pub(crate) fn chunk(table: &Table, index: u32) -> Option<&'static Chunk> {
    table.get(index as usize / CHUNK)?.get()
}

/// Adds to a cell of one's own slab.
#[inline]
pub(crate) fn add(chunk: &Chunk, index: u32, amount: u64) {
    let cell = chunk.cell(index, 0);
    // Relaxed, and not one locked instruction: nobody else writes here, and no
    // other memory is published through a counter.
    cell.store(
        cell.load(Ordering::Relaxed).wrapping_add(amount),
        Ordering::Relaxed,
    );
}

/// Adds one to a cell of one's own slab, after all that the calling thread
/// knows of.
#[inline]
pub(crate) fn add_after(chunk: &Chunk, index: u32) {
    let cell = chunk.cell(index, 0);
    // Release: whoever reads the new value sees what came before it, such as
    // the start of what is finished now.
    cell.store(
        cell.load(Ordering::Relaxed).wrapping_add(1),
        Ordering::Release,
    );
}

/// Counts an observation in a histogram of one's own slab, whose cell for it is
/// `offset` after the first.
#[inline]
pub(crate) fn observe(chunk: &Chunk, first: u32, offset: u32, sum: impl FnOnce(u64) -> u64) {
    let before = begin(chunk, first);
    write(chunk, first, offset, one_more, sum, before);
}

/// Counts one more.
#[inline]
fn one_more(count: &AtomicU64) {
    let counted = count.load(Ordering::Relaxed).wrapping_add(1);
    count.store(counted, Ordering::Relaxed);
}

/// Makes the sequence number of a histogram of one's own slab odd, and returns
/// what it was before.
#[inline]
pub(super) fn begin(chunk: &Chunk, first: u32) -> u64 {
    let [sequence, _] = chunk.head(first);
    let before = sequence.load(Ordering::Relaxed);
    sequence.store(before.wrapping_add(1), Ordering::Relaxed);
    before
}

/// Writes the sum and, by `count`, another cell of a histogram whose sequence number
/// is odd, and makes the number even.
#[inline]
pub(super) fn write(
    chunk: &Chunk,
    first: u32,
    offset: u32,
    count: impl FnOnce(&AtomicU64),
    sum: impl FnOnce(u64) -> u64,
    before: u64,
) {
    // Release: who reads one of the cells below as written here and then fences
    // with acquire sees the odd number.
    fence(Ordering::Release);
    let [sequence, total] = chunk.head(first);
    total.store(sum(total.load(Ordering::Relaxed)), Ordering::Relaxed);
    count(chunk.cell(first, offset));
    // Release: who reads this even number sees the cells as written above.
    sequence.store(before.wrapping_add(2), Ordering::Release);
}

/// Makes the sequence number of a histogram of the shared slab odd, once no other
/// thread writes there, and returns what it was before.
pub(super) fn take_turn(chunk: &Chunk, first: u32) -> u64 {
    let sequence = chunk.cell(first, 0);
    // Writers wait for each other by the lowest bit; a scrape never takes it.
    loop {
        let before = sequence.load(Ordering::Relaxed);
        let even = before.is_multiple_of(2);
        // Acquire: this writer goes on from the values of the one before.
        if even
            && sequence
                .compare_exchange_weak(before, before + 1, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        {
            return before;
        }
        yield_now();
    }
}

/// Gives a turn back in which nothing was written.
pub(super) fn pass_turn(chunk: &Chunk, first: u32, before: u64) {
    // Release: who takes the next turn goes on from what this thread has seen.
    chunk.cell(first, 0).store(before, Ordering::Release);
}

/// The cells of one thread.
#[derive(Debug)]
pub(crate) struct Slab {
    owned: AtomicBool,
    /// Each twice as long as the one before, with the chunks of that one; the
    /// last is in force.
    tables: [OnceRef<'static, Box<Table>>; TABLES],
}

impl Slab {
    fn new(owned: bool) -> Self {
        Self {
            owned: AtomicBool::new(owned),
            tables: std::array::from_fn(|_| OnceRef::new()),
        }
    }

    /// The chunks as they are now.
    pub(crate) fn table(&self) -> &'static Table {
        let tables = self.tables.iter();
        let last = tables.map_while(OnceRef::get).last();
        last.map_or(&[], |table| &**table)
    }

    /// The table with this chunk in it. The slab's only writer calls this, or
    /// one who holds the lock of the shared slab.
    pub(crate) fn touch(&self, index: u32) -> &'static Table {
        let wanted = index as usize / CHUNK;
        let mut table = self.table();
        for (generation, next) in self.tables.iter().enumerate() {
            let len = FIRST_TABLE << generation;
            if table.len() >= len {
                continue;
            }
            if table.len() > wanted {
                break;
            }
            let grown: Box<Table> = (0..len).map(|_| OnceRef::new()).collect();
            for (new, old) in grown.iter().zip(table) {
                if let Some(chunk) = old.get() {
                    let _ = new.set(chunk);
                }
            }
            let _ = next.set(Box::leak(Box::new(grown)));
            table = self.table();
        }
        if let Some(slot) = table.get(wanted)
            && slot.get().is_none()
        {
            let _ = slot.set(Chunk::leaked());
        }
        table
    }

    /// Leaves the slab to another thread.
    pub(crate) fn release(&self) {
        // Release: the next owner goes on from the values written last.
        self.owned.store(false, Ordering::Release);
    }
}

/// The slabs of a process, and the index space of their cells.
#[derive(Debug)]
pub(crate) struct Slabs {
    own: [OnceRef<'static, Slab>; SLABS],
    /// Written by the threads that got none of their own.
    shared: Slab,
    /// Held by who makes a slab, or a chunk of the shared one.
    making: Mutex<()>,
    next: Mutex<usize>,
}

impl Slabs {
    pub(crate) fn new() -> Self {
        Self {
            own: std::array::from_fn(|_| OnceRef::new()),
            shared: Slab::new(true),
            making: Mutex::new(()),
            next: Mutex::new(FIRST_INDEX),
        }
    }

    /// Takes `len` cells in a row, of which the first is a multiple of `align`,
    /// and returns its index. `None` when the index space is used up.
    pub(crate) fn allocate(&self, len: u32, align: u32) -> Option<u32> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let first = next.next_multiple_of(align as usize);
        let end = first + len as usize;
        if end > END {
            return None;
        }
        *next = end;
        u32::try_from(first).ok()
    }

    /// A slab that nobody else writes; `None` when there are too many.
    pub(crate) fn claim(&self) -> Option<&'static Slab> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        for slot in &self.own {
            let Some(slab) = slot.get() else {
                let slab = Box::leak(Box::new(Slab::new(true)));
                let _ = slot.set(slab);
                return Some(slab);
            };
            // Acquire: pairs with `release`. Only this lock's holder claims.
            if !slab.owned.load(Ordering::Acquire) {
                slab.owned.store(true, Ordering::Relaxed);
                return Some(slab);
            }
        }
        None
    }

    /// The chunk of a cell in the slab that threads share.
    pub(super) fn shared_chunk(&self, index: u32) -> Option<&'static Chunk> {
        chunk(self.shared.table(), index).or_else(|| {
            let making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
            let table = self.shared.touch(index);
            drop(making);
            chunk(table, index)
        })
    }

    /// Adds to a cell of the shared slab.
    pub(crate) fn add_shared(&self, index: u32, amount: u64) {
        if let Some(chunk) = self.shared_chunk(index) {
            // Release: as in `add_after`, which this stands for too.
            chunk.cell(index, 0).fetch_add(amount, Ordering::Release);
        }
    }

    /// As [`observe`], in the shared slab.
    pub(crate) fn observe_shared(&self, first: u32, offset: u32, sum: impl FnOnce(u64) -> u64) {
        let Some(chunk) = self.shared_chunk(first) else {
            return;
        };
        let before = take_turn(chunk, first);
        write(chunk, first, offset, one_more, sum, before);
    }

    /// The tables of all slabs as they are now.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &'static Table> {
        let own = self.own.iter().map_while(OnceRef::get).map(Slab::table);
        own.chain([self.shared.table()])
    }

    /// The value of a counter.
    pub(crate) fn sum(&self, index: u32) -> u64 {
        sum(self.tables(), index)
    }

    /// Starts without ends, of a pair of cells that count both: never negative.
    pub(crate) fn unfinished(&self, started: u32, finished: u32) -> u64 {
        let ends = self.sum(finished);
        // After the ends, and with the tables of now: the start of every end
        // that was seen is seen.
        self.sum(started).wrapping_sub(ends)
    }
}

/// The value of a counter in these slabs.
pub(crate) fn sum(tables: impl Iterator<Item = &'static Table>, index: u32) -> u64 {
    // Acquire: pairs with `add_after`; on the usual processors it is free.
    let read = |table| Some(chunk(table, index)?.cell(index, 0).load(Ordering::Acquire));
    tables.filter_map(read).fold(0, u64::wrapping_add)
}

/// Reads the buckets that a histogram has in one slab, and returns its sum
/// there; `None` when it was being written at each of many tries.
pub(crate) fn histogram(table: &Table, first: u32, buckets: &mut [u64]) -> Option<u64> {
    let sequence = chunk(table, first).map(|chunk| (chunk, chunk.cell(first, 0)));
    for tried in 1..=TRIES {
        // Acquire: the cells below are read as written before this number.
        let read = sequence.map(|(chunk, cell)| (chunk, cell, cell.load(Ordering::Acquire)));
        let Some((chunk, sequence, before @ 1..)) = read else {
            buckets.fill(0);
            return Some(0);
        };
        if before.is_multiple_of(2) {
            let sum = chunk.cell(first, 1).load(Ordering::Relaxed);
            for (offset, bucket) in (BEFORE_BUCKETS..).zip(&mut *buckets) {
                *bucket = chunk.cell(first, offset).load(Ordering::Relaxed);
            }
            // Acquire: if a cell above was read as written later, the number
            // below is read as that writer's odd one, or a later one.
            fence(Ordering::Acquire);
            if sequence.load(Ordering::Relaxed) == before {
                return Some(sum);
            }
            // The writer is at work and leaves gaps: again at once.
        } else if tried.is_multiple_of(16) {
            // It may have been interrupted.
            yield_now();
        } else {
            spin_loop();
        }
    }
    None
}

/// As [`histogram`], though it is being written: its sum and its buckets may be
/// of different moments.
pub(crate) fn histogram_as_it_is(table: &Table, first: u32, buckets: &mut [u64]) -> u64 {
    let Some(chunk) = chunk(table, first) else {
        buckets.fill(0);
        return 0;
    };
    for (offset, bucket) in (BEFORE_BUCKETS..).zip(buckets) {
        *bucket = chunk.cell(first, offset).load(Ordering::Relaxed);
    }
    chunk.cell(first, 1).load(Ordering::Relaxed)
}
