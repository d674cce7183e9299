//! The age of the oldest call that runs, for gauges that tell it at each scrape.

use super::asked::set_when_asked;
use super::cells::GAUGES;
use crate::clock::Ticks;
use once_cell::race::{OnceBox, OnceRef};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Entries of the first chunk; each further one has twice as many.
const FIRST_CHUNK: usize = 32;

/// Entries of a chunk that are looked at for a free one.
const TRIES: usize = 16;

/// When each of the calls that run was started. Entering and leaving take no
/// lock, a chunk is never given back.
#[derive(Debug)]
pub(crate) struct Ages {
    /// The gauge's cell.
    cell: u32,
    chunk: Chunk,
    /// Of all that the process has.
    next: OnceRef<'static, Self>,
}

#[derive(Debug)]
struct Chunk {
    /// Zero is free.
    starts: Box<[AtomicU64]>,
    next: OnceBox<Self>,
}

/// A call's place among those that run. Whoever has it must leave it.
#[derive(Debug)]
pub(crate) struct Entry(&'static AtomicU64);

/// The last that was made.
static ALL: Mutex<Option<&'static Ages>> = Mutex::new(None);

impl Chunk {
    fn new(len: usize) -> Self {
        Self {
            starts: (0..len).map(|_| AtomicU64::new(0)).collect(),
            next: OnceBox::new(),
        }
    }

    /// An entry that was free, looked for from `from` on.
    fn claim(&self, from: usize, start: u64) -> Option<&AtomicU64> {
        let len = self.starts.len();
        let tries = (from..from + TRIES).filter_map(|at| self.starts.get(at % len));
        let claim = |entry: &&AtomicU64| {
            // Relaxed, here and below: an entry is a number of its own, and no
            // other memory is published through it.
            entry
                .compare_exchange(0, start, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        };
        tries.into_iter().find(claim)
    }
}

impl Ages {
    /// Ages whose oldest the gauge at this cell tells: the same for all sites that
    /// have this series, kept for good.
    pub(crate) fn of(cell: u32) -> &'static Self {
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = std::iter::successors(*all, |ages| ages.next.get());
        if let Some(known) = known.find(|ages| ages.cell == cell) {
            return known;
        }
        let ages = Box::leak(Box::new(Self {
            cell,
            chunk: Chunk::new(FIRST_CHUNK),
            next: OnceRef::new(),
        }));
        match *all {
            Some(next) => drop(ages.next.set(next)),
            None => set_when_asked(refresh),
        }
        *all = Some(ages);
        ages
    }

    /// Enters a call that starts now.
    pub(crate) fn enter(&'static self) -> Entry {
        let start = Ticks::now().to_bits().max(1);
        // Where the search begins is spread by the clock.
        let from = usize::try_from(start >> 4 & 0xffff).unwrap_or(0);
        let mut chunk = &self.chunk;
        loop {
            if let Some(entry) = chunk.claim(from, start) {
                return Entry(entry);
            }
            let len = chunk.starts.len() * 2;
            chunk = chunk.next.get_or_init(|| Box::new(Chunk::new(len)));
        }
    }

    /// Nanoseconds since the first of the calls that run was started; zero if
    /// none does.
    fn oldest_nanos(&self) -> u64 {
        let chunks = std::iter::successors(Some(&self.chunk), |chunk| chunk.next.get());
        let starts = chunks.flat_map(|chunk| &chunk.starts);
        let starts = starts.map(|entry| entry.load(Ordering::Relaxed));
        let ages = starts.filter(|&start| start != 0);
        let ages = ages.map(|start| Ticks::from_bits(start).elapsed_nanos());
        ages.max().unwrap_or(0)
    }
}

impl Entry {
    /// Leaves the place to others.
    pub(crate) fn leave(self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// Sets the gauges of all ages to what they are now.
fn refresh() {
    let all = *ALL.lock().unwrap_or_else(PoisonError::into_inner);
    for ages in std::iter::successors(all, |ages| ages.next.get()) {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a double")]
        let seconds = ages.oldest_nanos() as f64 / 1e9;
        GAUGES.set(ages.cell, seconds.to_bits());
    }
}

#[cfg(test)]
mod tests {
    use super::{Ages, FIRST_CHUNK};
    use std::sync::atomic::Ordering;

    fn running(ages: &Ages) -> usize {
        let chunks = std::iter::successors(Some(&ages.chunk), |chunk| chunk.next.get());
        let starts = chunks.flat_map(|chunk| &chunk.starts);
        starts
            .filter(|start| start.load(Ordering::Relaxed) != 0)
            .count()
    }

    // Mutation: `claim` stores instead of comparing.
    #[test]
    fn threads_never_share_an_entry() {
        let ages = Ages::of(u32::MAX);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let entries: Vec<_> = (0..50).map(|_| ages.enter()).collect();
                        entries.into_iter().for_each(super::Entry::leave);
                    }
                });
            }
        });
        assert_eq!(running(ages), 0);
        let entries: Vec<_> = (0..20 * FIRST_CHUNK).map(|_| ages.enter()).collect();
        assert_eq!(running(ages), entries.len());
    }

    #[test]
    fn the_oldest_is_the_one_that_entered_first() {
        let ages = Ages::of(u32::MAX - 1);
        assert_eq!(ages.oldest_nanos(), 0);
        let first = ages.enter();
        while ages.oldest_nanos() < 2_000_000 {
            std::hint::spin_loop();
        }
        let second = ages.enter();
        assert!(ages.oldest_nanos() >= 2_000_000);
        first.leave();
        let after = ages.oldest_nanos();
        second.leave();
        assert!(after > 0);
        assert_eq!(ages.oldest_nanos(), 0);
    }
}
