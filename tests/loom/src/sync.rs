//! What stands in `metrics-runtime/src/sync.rs`, by loom and in small.

use loom::sync::atomic::AtomicPtr;
use std::marker::PhantomData;
use std::ptr::{from_ref, null_mut};

pub(crate) use loom::hint::spin_loop;
pub(crate) use loom::sync::Mutex;
pub(crate) use loom::sync::atomic::{
    AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};
pub(crate) use loom::thread::yield_now;

pub(crate) const CHUNK: usize = 8;
pub(crate) const FIRST_INDEX: usize = CHUNK;
pub(crate) const FIRST_TABLE: usize = 2;
pub(crate) const TABLES: usize = 2;
pub(crate) const SLABS: usize = 2;
pub(crate) const TRIES: usize = 2;
pub(crate) const SUCCESSORS: usize = 2;
pub(crate) const FIRST_GENERATION: usize = 2;
pub(crate) const GENERATIONS: usize = 2;

/// A reference that is set once, with the orderings of `once_cell`'s.
#[derive(Debug)]
pub(crate) struct OnceRef<'a, T> {
    pointer: AtomicPtr<T>,
    of: PhantomData<&'a T>,
}

impl<'a, T> OnceRef<'a, T> {
    pub(crate) fn new() -> Self {
        Self {
            pointer: AtomicPtr::new(null_mut()),
            of: PhantomData,
        }
    }

    #[expect(unsafe_code, reason = "loom has no such type")]
    pub(crate) fn get(&self) -> Option<&'a T> {
        let pointer = self.pointer.load(Ordering::Acquire);
        // SAFETY: the pointer is null or was made by `set` from a reference
        // that lives as long as `'a`.
        unsafe { pointer.as_ref() }
    }

    pub(crate) fn set(&self, value: &'a T) -> Result<(), ()> {
        let new = from_ref(value).cast_mut();
        let null = null_mut();
        let set = self
            .pointer
            .compare_exchange(null, new, Ordering::Release, Ordering::Acquire);
        set.map_or(Err(()), |_| Ok(()))
    }
}

/// A value that is set once, with the orderings of `once_cell`'s. It is leaked:
/// models are short.
#[derive(Debug)]
pub(crate) struct OnceBox<T: 'static>(OnceRef<'static, T>);

impl<T> OnceBox<T> {
    pub(crate) fn new() -> Self {
        Self(OnceRef::new())
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.0.get()
    }

    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> Box<T>) -> &T {
        if self.0.get().is_none() {
            let _ = self.0.set(Box::leak(make()));
        }
        self.0.get().expect("it was set")
    }
}
