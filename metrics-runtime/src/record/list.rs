//! A list that only grows and that is read without a lock, so that a scrape
//! can walk the series while a recording call adds one.

use once_cell::sync::OnceCell;
use std::sync::atomic::{AtomicU32, Ordering};

const FIRST_CHUNK: u32 = 8;
const CHUNKS: usize = 28;

/// The list; pushes must be serialised by the caller.
#[derive(Debug)]
pub(crate) struct List<T> {
    chunks: [OnceCell<Box<[OnceCell<T>]>>; CHUNKS],
    len: AtomicU32,
}

fn place(index: u32) -> (usize, usize) {
    let chunk = (index / FIRST_CHUNK + 1).ilog2();
    let start = FIRST_CHUNK * ((1 << chunk) - 1);
    (chunk as usize, (index - start) as usize)
}

impl<T> List<T> {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: [const { OnceCell::new() }; CHUNKS],
            len: AtomicU32::new(0),
        }
    }

    /// Appends an item and returns its index.
    pub(crate) fn push(&self, item: T) -> Option<u32> {
        // Relaxed: only the caller, which pushes alone, changes the length.
        let index = self.len.load(Ordering::Relaxed);
        let (chunk, offset) = place(index);
        let size = (FIRST_CHUNK as usize) << chunk;
        let slots = self
            .chunks
            .get(chunk)?
            .get_or_init(|| (0..size).map(|_| OnceCell::new()).collect());
        slots.get(offset)?.set(item).ok()?;
        // Release: a reader that sees the new length sees the item.
        self.len.store(index + 1, Ordering::Release);
        Some(index)
    }

    pub(crate) fn get(&self, index: u32) -> Option<&T> {
        let (chunk, offset) = place(index);
        self.chunks.get(chunk)?.get()?.get(offset)?.get()
    }

    pub(crate) fn len(&self) -> u32 {
        // Acquire: pairs with the release in `push`.
        self.len.load(Ordering::Acquire)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::List;

    #[test]
    fn gives_back_what_was_pushed_in_order() {
        let list = List::new();
        for item in 0..1_000_u32 {
            assert_eq!(list.push(item), Some(item));
        }
        assert_eq!(list.len(), 1_000);
        assert!(list.iter().copied().eq(0..1_000));
        assert_eq!(list.get(1_000), None);
    }
}
