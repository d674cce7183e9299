//! Calls that are counted, and nothing else.

use super::Resolved;
use super::call::Entered;
use crate::catalogue::{OFF, Site, UNRESOLVED};
use crate::outcome::{Outcome, Reading};
use crate::record::{exemplar, thread};

/// A call at a site that counts calls and does nothing else; all its labels
/// are constant.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// `None` when nothing is recorded.
    site: Option<&'static Site>,
    started: bool,
}

/// Enters a site that counts calls.
#[inline]
pub const fn enter_counted(site: &'static Site) -> Counted {
    Counted {
        site: Some(site),
        started: false,
    }
}

impl Entered for Counted {
    type Tracked = ();

    #[inline]
    fn nothing() -> Self {
        Self {
            site: None,
            started: false,
        }
    }

    #[inline]
    fn site(&self) -> Option<&'static Site> {
        self.site
    }

    #[inline]
    fn tracked(&self) {}

    #[inline]
    fn start(&mut self) {
        // Here rather than at the end, where the call's value would be in the
        // way of the compiler.
        let Some(site) = self.site else { return };
        match site.cell() {
            OFF => self.site = None,
            // A branch that is more than a value keeps the two ways apart.
            UNRESOLVED => resolve(site),
            _ => {}
        }
        self.started = true;
    }

    #[inline]
    fn is_started(&self) -> bool {
        self.started && self.site.is_some()
    }

    #[inline]
    fn unstarted(self) -> Self {
        Self {
            started: false,
            ..self
        }
    }

    #[inline]
    fn record(self, outcome: Outcome, _: &Reading<'_>) {
        let Some(site) = self.site else { return };
        let cell = site.cell().wrapping_add(outcome.index());
        if thread::try_add(cell, 1) {
            exemplar::offer(cell, || 1.0);
        } else {
            count_untouched(site, outcome);
        }
    }

    #[inline]
    fn take(&mut self) -> Self {
        let call = *self;
        self.site = None;
        call
    }
}

#[cold]
#[inline(never)]
fn resolve(site: &'static Site) {
    Resolved::of(site);
}

/// Counts a call whose cell isn't known yet, or not in this thread.
#[cold]
#[inline(never)]
fn count_untouched(site: &'static Site, outcome: Outcome) {
    if let Some(resolved) = Resolved::of(site) {
        let cell = resolved.cell(outcome);
        thread::add(cell, 1);
        exemplar::offer(cell, || 1.0);
    }
}
