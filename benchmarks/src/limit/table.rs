//! Text to slot, without a lock: an open table of entries that are never freed.

use super::slab::Slot;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Places; a power of two, and twice the values here.
const PLACES: usize = 4_096;

struct Entry {
    hash: u64,
    key: &'static str,
    slot: Slot,
}

pub(super) struct Table {
    places: [AtomicPtr<Entry>; PLACES],
    next: AtomicU32,
}

impl Table {
    #[expect(clippy::large_stack_arrays, reason = "it is made for a `static`")]
    pub(super) const fn starting_at(slot: u32) -> Self {
        Self {
            places: [const { AtomicPtr::new(ptr::null_mut()) }; PLACES],
            next: AtomicU32::new(slot),
        }
    }

    /// The slot of a value; the same for ever.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the limit")]
    pub(super) fn slot(&self, key: &str) -> &Slot {
        let hash = hash(key.as_bytes());
        let mut place = index(hash);
        loop {
            match self.entry(place) {
                Some(entry) if entry.hash == hash && entry.key == key => return &entry.slot,
                Some(_) => place = (place + 1) % PLACES,
                None => return self.insert(key, hash),
            }
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the limit")]
    #[expect(unsafe_code, reason = "a table without a lock")]
    fn entry(&self, place: usize) -> Option<&Entry> {
        // Acquire: pairs with the exchange that published the entry.
        let entry = self.places[place].load(Ordering::Acquire);
        // SAFETY: a place is null or points to an entry that was leaked.
        unsafe { entry.as_ref() }
    }

    #[cold]
    #[inline(never)]
    fn insert(&self, key: &str, hash: u64) -> &Slot {
        // Relaxed: the number publishes nothing but itself.
        let slot = Slot::at(self.next.fetch_add(1, Ordering::Relaxed));
        let key = key.to_owned().leak();
        let new = ptr::from_mut(Box::leak(Box::new(Entry { hash, key, slot })));
        let mut place = index(hash);
        loop {
            if let Some(entry) = self.entry(place) {
                if entry.hash == hash && entry.key == key {
                    return &entry.slot;
                }
                place = (place + 1) % PLACES;
                continue;
            }
            // Release: whoever sees the entry sees what is in it. When another
            // was faster, the loop looks at that one.
            let _ = self.places[place].compare_exchange(
                ptr::null_mut(),
                new,
                Ordering::Release,
                Ordering::Relaxed,
            );
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low bits are wanted")]
const fn index(hash: u64) -> usize {
    hash as usize % PLACES
}

/// In the manner of wyhash: overlapping words, one wide product. For text of
/// more than 16 bytes it would need a loop.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the limit")]
fn hash(bytes: &[u8]) -> u64 {
    let word = |at: usize| {
        let word = bytes[at..].first_chunk().copied();
        u64::from_le_bytes(word.unwrap_or_default())
    };
    let half = |at: usize| {
        let half = bytes[at..].first_chunk().copied();
        u64::from(u32::from_le_bytes(half.unwrap_or_default()))
    };
    let (first, last) = match bytes.len() {
        8.. => (word(0), word(bytes.len() - 8)),
        4.. => (half(0), half(bytes.len() - 4)),
        len => (
            bytes.first().copied().map_or(0, u64::from),
            bytes.last().copied().map_or(len as u64, u64::from),
        ),
    };
    let product = u128::from(first ^ 0xA076_1D64_78BD_642F)
        * u128::from(last ^ bytes.len() as u64 ^ 0xE703_7ED1_A0B4_28DB);
    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    let folded = product as u64 ^ (product >> 64) as u64;
    folded
}
