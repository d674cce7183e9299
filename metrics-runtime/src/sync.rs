//! What the recording core synchronises with, and its sizes. The models in
//! `tests/loom` drive the same core with loom's types in the place of these.

pub(crate) use once_cell::race::{OnceBox, OnceRef};
pub(crate) use std::hint::spin_loop;
pub(crate) use std::sync::Mutex;
pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};
pub(crate) use std::thread::yield_now;

/// Cells of a chunk, which then takes 4 KiB.
pub(crate) const CHUNK: usize = 512;

/// The first index that is handed out. Those before are nowhere: a site that
/// isn't resolved counts its up to 10,000 dense series from zero.
pub(crate) const FIRST_INDEX: usize = 20 * CHUNK;

/// Chunks of a slab's first table; each further table has twice as many.
pub(crate) const FIRST_TABLE: usize = 32;

/// Tables of a slab: enough for 134 million cells.
pub(crate) const TABLES: usize = 14;

/// Threads that have a slab of their own at the same time; those that come
/// after share one. Past this many a scrape would take longer than the locked
/// instructions of a few more threads are worth.
pub(crate) const SLABS: usize = 128;

/// How often a scrape looks at a histogram that is being written, before it
/// makes do with what it saw at the scrape before.
pub(crate) const TRIES: usize = 64;

/// Generations of cells that may follow the first one of a native histogram: so many
/// has one that starts with the finest schema.
pub(crate) const SUCCESSORS: usize = 13;

/// Entries of the first generation of a table of rows: enough for few label sets
/// to be mostly where they are looked for first.
pub(crate) const FIRST_GENERATION: usize = 64;

/// Generations of such a table, each twice as long as the one before.
pub(crate) const GENERATIONS: usize = 17;
