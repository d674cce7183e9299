//! Calls whose polls are timed.

use super::call::Entered;
use crate::catalogue::Site;
use crate::clock::Ticks;
use crate::outcome::{Outcome, Polls, Reading};

/// A call that knows how long it was polled: 16 bytes more, and two readings of
/// the clock more at each poll.
#[derive(Debug)]
pub struct Busy<C> {
    call: C,
    polls: Polls,
}

/// Times the polls of a call.
#[inline]
pub fn busy<C: Entered>(call: C) -> Busy<C> {
    let polls = Polls::default();
    Busy { call, polls }
}

impl<C: Entered> Entered for Busy<C> {
    type Tracked = C::Tracked;

    fn nothing() -> Self {
        busy(C::nothing())
    }

    fn site(&self) -> Option<&'static Site> {
        self.call.site()
    }

    fn start(&mut self) {
        self.call.start();
    }

    fn is_started(&self) -> bool {
        self.call.is_started()
    }

    fn unstarted(self) -> Self {
        busy(self.call.unstarted())
    }

    fn take(&mut self) -> Self {
        Self {
            call: self.call.take(),
            polls: self.polls,
        }
    }

    fn tracked(&self) -> Self::Tracked {
        self.call.tracked()
    }

    fn record(self, outcome: Outcome, reading: &Reading<'_>) {
        let polls = self.polls;
        self.call.record(outcome, &Reading { polls, ..*reading });
    }

    fn poll_starts(&self) -> Ticks {
        if self.call.is_started() {
            Ticks::now()
        } else {
            Ticks::UNREAD
        }
    }

    fn poll_ends(&mut self, start: Ticks) {
        if start != Ticks::UNREAD {
            let nanos = start.elapsed_nanos();
            self.polls.busy += nanos;
            self.polls.longest = self.polls.longest.max(nanos);
        }
        self.call.poll_ends(start);
    }
}
