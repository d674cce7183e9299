//! Cells of the running thread, and the processor's clock.

use std::cell::Cell;
use std::hint::black_box;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

/// Where the running thread's cells are.
struct Slab {
    cells: Cell<*const AtomicU64>,
    len: Cell<usize>,
}

thread_local! {
    // `const` and without a destructor, so that access is a plain load.
    static SLAB: Slab = const { Slab { cells: Cell::new(ptr::null()), len: Cell::new(0) } };
}

/// The cells of a slab; more than all cases here take.
const CELLS: usize = 4_096;

/// Makes the running thread's slab, once; it is never freed.
pub(crate) fn enter_thread() {
    SLAB.with(|slab| {
        if slab.len.get() == 0 {
            let cells: Vec<AtomicU64> = (0..CELLS).map(|_| AtomicU64::new(0)).collect();
            slab.cells.set(cells.leak().as_ptr());
            slab.len.set(CELLS);
        }
    });
}

#[cold]
#[inline(never)]
fn no_such_cell() -> ! {
    panic!("the thread has no such cell");
}

/// The running thread's cell.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the limit")]
#[expect(unsafe_code, reason = "the limit has no checks beyond the one")]
fn with_cell(index: usize, update: impl FnOnce(&AtomicU64)) {
    SLAB.with(|slab| {
        if index >= slab.len.get() {
            no_such_cell();
        }
        // SAFETY: `cells` points to `len` cells that were leaked, and `index`
        // is below `len`.
        update(unsafe { &*slab.cells.get().add(index) });
    });
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the limit")]
fn add(index: usize, amount: u64) {
    with_cell(index, |cell| {
        // Relaxed, both: the thread is the only one that writes the cell, and a
        // scrape needs no order between cells.
        let value = cell.load(Ordering::Relaxed);
        cell.store(value.wrapping_add(amount), Ordering::Relaxed);
    });
}

/// Where a metric's cells begin. It is loaded, as that of a metric that is
/// registered at run time would be.
pub(super) struct Slot(AtomicU32);

impl Slot {
    pub(super) const fn at(index: u32) -> Self {
        Self(AtomicU32::new(index))
    }

    /// Writes the index again, or the compiler would take it for a constant.
    pub(super) fn register(&self) {
        // Relaxed, both: no thread is recording yet.
        self.0
            .store(black_box(self.0.load(Ordering::Relaxed)), Ordering::Relaxed);
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the limit")]
    fn index(&self) -> usize {
        // Relaxed: it never changes.
        self.0.load(Ordering::Relaxed) as usize
    }

    /// Adds to the cell `offset` places behind the first.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the limit")]
    pub(super) fn add(&self, offset: usize, amount: u64) {
        add(self.index() + offset, amount);
    }
}

/// From 5 ms to 10 s, as ticks of 2.5 GHz.
static BOUNDS: [u64; 11] = {
    const fn ms(ms: u64) -> u64 {
        ms * 2_500_000
    }
    [
        ms(5),
        ms(10),
        ms(25),
        ms(50),
        ms(100),
        ms(250),
        ms(500),
        ms(1_000),
        ms(2_500),
        ms(5_000),
        ms(10_000),
    ]
};

/// A sum of ticks and twelve buckets.
pub(super) struct Histogram {
    slot: Slot,
    bounds: AtomicPtr<[u64; BOUNDS.len()]>,
}

impl Histogram {
    pub(super) const fn at(index: u32) -> Self {
        Self {
            slot: Slot::at(index),
            bounds: AtomicPtr::new((&raw const BOUNDS).cast_mut()),
        }
    }

    /// As [`Slot::register`].
    pub(super) fn register(&self) {
        self.slot.register();
        self.bounds
            .store(black_box(&raw const BOUNDS).cast_mut(), Ordering::Relaxed);
    }

    /// Observes the time until the guard is dropped.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the limit")]
    pub(super) fn start(&'static self) -> Guard {
        Guard {
            histogram: self,
            start: ticks(),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the limit")]
    #[expect(unsafe_code, reason = "bounds that the compiler doesn't know")]
    fn observe(&self, ticks: u64) {
        // SAFETY: it is `BOUNDS` from the start, and nobody writes them.
        let bounds = unsafe { &*self.bounds.load(Ordering::Relaxed) };
        // Counting the bounds below takes no branch. The highest bit of the
        // difference says "below" and, other than a comparison, is counted two
        // at a time. No counter reaches that bit in decades.
        let below = |bound: &u64| bound.wrapping_sub(ticks) >> 63;
        let bucket: u64 = bounds.iter().map(below).sum();
        let first = self.slot.index();
        #[expect(clippy::cast_possible_truncation, reason = "at most 11")]
        add(first + 1 + bucket as usize, 1);
        add(first, ticks);
    }
}

pub(super) struct Guard {
    histogram: &'static Histogram,
    start: u64,
}

impl Drop for Guard {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the limit")]
    fn drop(&mut self) {
        self.histogram.observe(ticks().wrapping_sub(self.start));
    }
}

/// The processor's time-stamp counter.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
#[expect(clippy::inline_always, reason = "the limit")]
#[expect(unsafe_code, reason = "the instruction has no safe form")]
pub(super) fn ticks() -> u64 {
    // SAFETY: the instruction reads a register and touches no memory.
    unsafe { core::arch::x86_64::_rdtsc() }
}

/// Processors whose counter isn't known here have no limit row to speak of.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn ticks() -> u64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
