//! Calls that tell how long they have been running, while they run.

use super::Resolved;
use super::call::Entered;
use crate::catalogue::{Declared, Record, Site};
use crate::clock::Ticks;
use crate::outcome::{Outcome, Reading};
use crate::record::{Ages, Entry};

/// A call that is entered among those that run: 8 bytes more.
#[derive(Debug)]
pub struct Aged<C> {
    call: C,
    entry: Option<Entry>,
}

/// Lets a call tell its age.
#[inline]
pub const fn aged<C: Entered>(call: C) -> Aged<C> {
    Aged { call, entry: None }
}

impl Resolved {
    /// The ages of the calls that run at the site.
    fn ages(&self) -> Option<&'static Ages> {
        let mut handles = self.handles.iter();
        let oldest = handles.find(|handle| handle.record == Record::Oldest)?;
        let cell = oldest.fixed?.first;
        Some(oldest.ages.get_or_init(|| Ages::of(cell)))
    }
}

impl<C> Aged<C> {
    fn leave(&mut self) {
        if let Some(entry) = self.entry.take() {
            entry.leave();
        }
    }
}

impl<C: Entered> Entered for Aged<C> {
    type Tracked = C::Tracked;

    fn nothing() -> Self {
        aged(C::nothing())
    }

    fn site(&self) -> Option<&'static Site> {
        self.call.site()
    }

    fn start(&mut self) {
        self.call.start();
        if self.call.is_started() {
            let resolved = self.call.site().and_then(Declared::resolved);
            let ages = resolved.and_then(Resolved::ages);
            self.entry = ages.map(Ages::enter);
        }
    }

    fn is_started(&self) -> bool {
        self.call.is_started()
    }

    fn unstarted(mut self) -> Self {
        self.leave();
        aged(self.call.unstarted())
    }

    fn take(&mut self) -> Self {
        Self {
            call: self.call.take(),
            entry: self.entry.take(),
        }
    }

    fn tracked(&self) -> Self::Tracked {
        self.call.tracked()
    }

    fn record(mut self, outcome: Outcome, reading: &Reading<'_>) {
        self.leave();
        self.call.record(outcome, reading);
    }

    fn record_rarely(mut self, outcome: Outcome) {
        self.leave();
        self.call.record_rarely(outcome);
    }

    fn poll_starts(&self) -> Ticks {
        self.call.poll_starts()
    }

    fn poll_ends(&mut self, start: Ticks) {
        self.call.poll_ends(start);
    }
}
