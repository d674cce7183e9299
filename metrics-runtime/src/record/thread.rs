//! The calling thread's slab, and the process' slabs.
//!
//! Recording isn't async-signal-safe: a signal handler that records while its
//! thread does may lose what that thread was adding.

use super::slab::{self, Slab, Slabs, Table};
use super::tagged::{self, Cells};
use crate::sync::FIRST_INDEX;
use once_cell::sync::Lazy;
use std::cell::Cell;

/// The slabs of the process. Only what is cold comes here.
pub(super) static SLABS: Lazy<Slabs> = Lazy::new(Slabs::new);

/// Recordings into the shared slab before a thread asks for one of its own
/// again.
const PATIENCE: u32 = 4_096;

thread_local! {
    /// The table of the thread's slab; empty before its first recording, after
    /// its last one, and while it has none of its own. Without a destructor, so
    /// that it can be read at any time.
    static TABLE: Cell<&'static Table> = const { Cell::new(&[]) };
    static LEASE: Lease = const { Lease { slab: Cell::new(None), wait: Cell::new(0) } };
}

/// A thread's hold on its slab.
struct Lease {
    slab: Cell<Option<&'static Slab>>,
    /// Recordings to go until the thread asks again.
    wait: Cell<u32>,
}

impl Lease {
    fn slab(&self) -> Option<&'static Slab> {
        if self.slab.get().is_none() {
            if let Some(less) = self.wait.get().checked_sub(1) {
                self.wait.set(less);
                return None;
            }
            self.wait.set(PATIENCE);
            self.slab.set(SLABS.claim());
        }
        self.slab.get()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // What records from now on, in destructors that run later, goes to the
        // shared slab.
        TABLE.set(&[]);
        if let Some(slab) = self.slab.get() {
            slab.release();
        }
    }
}

/// The chunk of a cell in the thread's slab, if both exist.
#[inline]
fn chunk(index: u32) -> Option<&'static slab::Chunk> {
    slab::chunk(TABLE.get(), index)
}

/// The chunk in the thread's slab, made if need be; `None` when it has to be
/// that of the shared slab.
fn touch(index: u32) -> Option<&'static slab::Chunk> {
    // An error means that the thread is ending.
    let slab = LEASE.try_with(Lease::slab).ok().flatten()?;
    TABLE.set(slab.touch(index));
    chunk(index)
}

/// Whether the index is one that isn't handed out.
pub(super) fn is_nowhere(index: u32) -> bool {
    (index as usize) < FIRST_INDEX
}

/// Adds to a counter, if its cell is there.
#[inline]
pub(crate) fn try_add(index: u32, amount: u64) -> bool {
    let chunk = chunk(index);
    if let Some(chunk) = chunk {
        slab::add(chunk, index, amount);
    }
    chunk.is_some()
}

/// Adds to a counter.
#[inline]
pub(crate) fn add(index: u32, amount: u64) {
    if !try_add(index, amount) {
        add_untouched(index, amount);
    }
}

#[cold]
#[inline(never)]
fn add_untouched(index: u32, amount: u64) {
    if is_nowhere(index) {
        return;
    }
    match touch(index) {
        Some(chunk) => slab::add(chunk, index, amount),
        None => SLABS.add_shared(index, amount),
    }
}

/// Adds one to the cell that counts what is finished.
#[inline]
pub(crate) fn add_after(index: u32) {
    if is_nowhere(index) {
        return;
    }
    match chunk(index).or_else(|| touch(index)) {
        Some(chunk) => slab::add_after(chunk, index),
        None => SLABS.add_shared(index, 1),
    }
}

/// Counts an observation in the histogram whose cells start at `first`, if they
/// are there; `offset` is how far on its bucket's is.
#[inline]
pub(crate) fn try_observe(first: u32, offset: u32, sum: impl FnOnce(u64) -> u64) -> bool {
    let chunk = chunk(first);
    if let Some(chunk) = chunk {
        slab::observe(chunk, first, offset, sum);
    }
    chunk.is_some()
}

/// Counts an observation in the histogram whose cells start at `first`, of which
/// that of its bucket is `offset` further on.
pub(crate) fn observe(first: u32, offset: u32, sum: impl FnOnce(u64) -> u64) {
    if is_nowhere(first) {
        return;
    }
    match chunk(first).or_else(|| touch(first)) {
        Some(chunk) => slab::observe(chunk, first, offset, sum),
        None => SLABS.observe_shared(first, offset, sum),
    }
}

/// Counts an observation in the bucket with this tag, if its cell is there and
/// where it belongs.
#[inline]
pub(super) fn try_observe_tagged(cells: Cells, tag: u32, sum: impl FnOnce(u64) -> u64) -> bool {
    chunk(cells.first).is_some_and(|chunk| tagged::try_observe(chunk, cells, tag, sum))
}

/// Counts an observation in the bucket with this tag; false when there is no cell
/// left for it.
pub(super) fn observe_tagged(cells: Cells, tag: u32, sum: impl FnOnce(u64) -> u64) -> bool {
    match chunk(cells.first).or_else(|| touch(cells.first)) {
        Some(chunk) => tagged::observe(chunk, cells, tag, sum),
        None => tagged::observe_shared(&SLABS, cells, tag, sum),
    }
}
