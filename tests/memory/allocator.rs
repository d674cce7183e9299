//! An allocator that counts what one thread holds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What the thread has allocated since it began to count.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heap {
    pub(crate) live: usize,
    pub(crate) peak: usize,
    /// How often memory was asked for.
    pub(crate) calls: usize,
}

thread_local! {
    /// `None` while the thread doesn't count.
    static HEAP: Cell<Option<Heap>> = const { Cell::new(None) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Whether this is memory for cells, which all registries share: it alone is
/// aligned to cache lines.
const fn is_cells(layout: Layout) -> bool {
    layout.align() >= 64
}

fn count(layout: Layout, change: impl FnOnce(&mut Heap, usize)) {
    // A thread that ends has no counter any more.
    let _ = HEAP.try_with(|cell| {
        if let Some(mut heap) = cell.get().filter(|_| !is_cells(layout)) {
            change(&mut heap, layout.size());
            heap.peak = heap.peak.max(heap.live);
            cell.set(Some(heap));
        }
    });
}

#[expect(unsafe_code, reason = "there is no other way to see allocations")]
// SAFETY: everything is left to the system's allocator; counting allocates
// nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout, |heap, size| {
            heap.live += size;
            heap.calls += 1;
        });
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(layout, |heap, size| {
            // What was allocated before counting began isn't counted.
            heap.live = heap.live.saturating_sub(size);
        });
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Runs `work` and tells what it has allocated.
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    HEAP.set(Some(Heap::default()));
    let done = work();
    let heap = HEAP.take().unwrap_or_default();
    (done, heap)
}
