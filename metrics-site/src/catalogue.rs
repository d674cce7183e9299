//! The list of sites: each puts itself there.

use crate::{Site, UNRESOLVED};
use once_cell::race::OnceRef;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A site's place on the list.
#[derive(Debug)]
pub(crate) struct Entry {
    next: OnceRef<'static, Site>,
    registered: AtomicBool,
}

impl Entry {
    pub(crate) const fn new() -> Self {
        Self {
            next: OnceRef::new(),
            registered: AtomicBool::new(false),
        }
    }
}

#[derive(Debug)]
struct Head {
    site: Option<&'static Site>,
    len: usize,
}

static HEAD: Mutex<Head> = Mutex::new(Head { site: None, len: 0 });

fn lock() -> MutexGuard<'static, Head> {
    HEAD.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Site {
    /// Puts the site into the catalogue; again has no effect. A function of C,
    /// so that the constructor which calls it need not care about unwinding.
    pub extern "C" fn register(&'static self) {
        let entry = self.entry();
        // Relaxed: calls come here too, and need not take the lock for a site
        // that is known; one that looks new is looked at again below.
        if entry.registered.load(Ordering::Relaxed) {
            return;
        }
        let mut head = lock();
        // Relaxed: the lock is held.
        if !entry.registered.swap(true, Ordering::Relaxed) {
            if let Some(next) = head.site {
                let _ = entry.next.set(next);
            }
            head.site = Some(self);
            head.len += 1;
        }
    }

    /// Makes the first cell known to calls that come, as it is `wanted` by then.
    pub fn publish(&self, wanted: impl Fn() -> u32) {
        // Calls come here as long as the clock isn't settled, for good where it
        // is `Instant`: they must not wait for each other.
        if self.cell() == wanted() {
            return;
        }
        // Asked again under the lock, so that `switch` comes before or after.
        let head = lock();
        self.set_cell(wanted());
        drop(head);
    }
}

/// Makes all sites look again whether calls are recorded.
pub fn switch() {
    let head = lock();
    for site in std::iter::successors(head.site, |site| site.entry().next.get()) {
        site.set_cell(UNRESOLVED);
    }
}

/// How many sites there are, and those that came after the first `known`; an
/// attribute beside ours may have copied a function, so one place may come
/// twice.
pub fn since(known: usize) -> (usize, impl Iterator<Item = &'static Site>) {
    let head = lock();
    let (site, len) = (head.site, head.len);
    drop(head);
    let sites = std::iter::successors(site, |site| site.entry().next.get());
    (len, sites.take(len.saturating_sub(known)))
}
