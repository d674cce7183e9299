//! Things of which the next is made when the last one is used up, while all of them
//! stay in use.

use crate::sync::{AtomicUsize, Mutex, OnceBox, Ordering, SUCCESSORS};
use std::sync::PoisonError;

/// One thing, and those that follow it. None moves or goes away.
#[derive(Debug)]
pub(crate) struct Succession<T: 'static> {
    first: T,
    later: [OnceBox<T>; SUCCESSORS],
    /// The number of the last one.
    last: AtomicUsize,
    /// Held while one is made.
    making: Mutex<()>,
}

impl<T> Succession<T> {
    pub(crate) fn new(first: T) -> Self {
        Self {
            first,
            later: std::array::from_fn(|_| OnceBox::new()),
            last: AtomicUsize::new(0),
            making: Mutex::new(()),
        }
    }

    pub(crate) fn first(&self) -> &T {
        &self.first
    }

    /// Tries the last one; while that is used up, `make` makes the one with the next
    /// number. False when there is no further one.
    pub(crate) fn try_last(
        &self,
        attempt: impl Fn(&T) -> bool,
        make: impl Fn(usize) -> Option<T>,
    ) -> bool {
        loop {
            // Acquire: pairs with the release below, so that it is there.
            let last = self.last.load(Ordering::Acquire);
            match self.nth(last) {
                None => return false,
                Some(last) if attempt(last) => return true,
                Some(_) => {}
            }
            if self.make_after(last, &make).is_none() {
                return false;
            }
        }
    }

    fn nth(&self, nth: usize) -> Option<&T> {
        match nth.checked_sub(1) {
            None => Some(&self.first),
            Some(later) => self.later.get(later)?.get(),
        }
    }

    /// Makes the one after this, unless another thread has.
    #[cold]
    #[inline(never)]
    fn make_after(&self, used_up: usize, make: impl Fn(usize) -> Option<T>) -> Option<()> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // Relaxed: changed under the lock only.
        if self.last.load(Ordering::Relaxed) == used_up {
            let slot = self.later.get(used_up)?;
            let next = Box::new(make(used_up + 1)?);
            slot.get_or_init(|| next);
            // Release: who sees the number sees what it is of.
            self.last.store(used_up + 1, Ordering::Release);
        }
        Some(())
    }

    /// All of them, the last one last.
    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        let later = self.later.iter().map_while(OnceBox::get);
        std::iter::once(&self.first).chain(later)
    }
}
