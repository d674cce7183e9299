//! Calls whose time is taken, and nothing else.

use super::Resolved;
use super::awaited::Metered;
use super::call::Entered;
use crate::catalogue::{OFF, Site, UNRESOLVED};
use crate::clock::Ticks;
use crate::outcome::{Outcome, Reading};
use crate::record::OutcomeIndex;
use std::mem;

/// A call at a site that takes its time and does nothing else; all its labels
/// are constant.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    /// `None` when nothing is recorded.
    site: Option<&'static Site>,
    start: Ticks,
}

/// Enters a site that takes the time of calls.
#[inline]
pub const fn enter_timed(site: &'static Site) -> Timed {
    Timed {
        site: Some(site),
        start: Ticks::UNREAD,
    }
}

/// The time while the site isn't resolved or the clock isn't settled; `VOID` if
/// it turns out that nothing is recorded.
#[cold]
#[inline(never)]
pub(super) fn unsettled(site: &'static Site) -> Ticks {
    Resolved::of(site).map_or(Ticks::VOID, |_| Ticks::now())
}

impl Entered for Timed {
    #[inline]
    fn nothing() -> Self {
        Self {
            site: None,
            start: Ticks::UNREAD,
        }
    }

    #[inline]
    fn site(&self) -> Option<&'static Site> {
        self.site
    }

    #[inline]
    fn is_query(&self) -> bool {
        false
    }

    #[inline]
    fn start(&mut self) {
        let Some(site) = self.site else { return };
        match site.cell() {
            OFF => self.site = None,
            UNRESOLVED => self.start = unsettled(site),
            _ => self.start = Ticks::of_counter(),
        }
    }

    #[inline]
    fn is_started(&self) -> bool {
        self.site.is_some() && self.start != Ticks::UNREAD
    }

    #[inline]
    fn unstarted(self) -> Self {
        Self {
            start: Ticks::UNREAD,
            ..self
        }
    }

    #[inline]
    fn record(self, outcome: Outcome, _: &Reading<'_>) {
        if let Some(site) = self.site {
            time(site, self.start, outcome.into());
        }
    }

    #[inline]
    fn record_rarely(self, outcome: Outcome) {
        self.record(outcome, Reading::NONE);
    }

    #[inline]
    fn take(&mut self) -> Self {
        let call = *self;
        self.site = None;
        call
    }
}

/// What a future carries that takes the time of its call: as [`Timed`], in less code
/// where the compiler can't see what was stored.
#[derive(Debug)]
pub struct TimedMeter {
    site: &'static Site,
    /// `UNREAD` before the first poll, `VOID` once nothing is left to record.
    start: Ticks,
}

/// Enters a site that takes the time of async calls.
#[inline]
pub const fn await_timed(site: &'static Site) -> TimedMeter {
    TimedMeter {
        site,
        start: Ticks::UNREAD,
    }
}

impl Metered for TimedMeter {
    #[inline]
    fn start(&mut self) {
        if self.start != Ticks::UNREAD {
            return;
        }
        // One comparison with zero for `OFF`, `UNRESOLVED` and the rest.
        let cell = self.site.cell().cast_signed();
        if cell > UNRESOLVED.cast_signed() {
            self.start = Ticks::of_counter();
        } else {
            self.start_otherwise(cell == OFF.cast_signed());
        }
    }

    #[inline]
    fn end(&mut self, outcome: Outcome) {
        end(self, outcome.into());
    }
}

impl TimedMeter {
    /// The start where recording is turned off, the site isn't resolved or the clock isn't
    /// settled.
    #[cold]
    #[inline]
    fn start_otherwise(&mut self, is_off: bool) {
        self.start = if is_off {
            Ticks::VOID
        } else {
            unsettled(self.site)
        };
    }
}

impl Drop for TimedMeter {
    /// Suspended: the call was cancelled, even when whoever drops it is
    /// unwinding.
    #[inline]
    fn drop(&mut self) {
        if self.start.is_of_start() {
            end(self, Outcome::Cancelled.into());
        }
    }
}

/// As [`time`], of a call that nothing is recorded of from now on.
#[inline(never)]
extern "C" fn end(meter: &mut TimedMeter, outcome: OutcomeIndex) {
    let start = mem::replace(&mut meter.start, Ticks::VOID);
    if start != Ticks::VOID {
        time_since(meter.site, start, outcome);
    }
}

/// Out of line, for the size of annotated functions; a function of C, so that
/// they need no code for its unwinding, of which there is none.
#[inline(never)]
extern "C" fn time(site: &'static Site, start: Ticks, outcome: OutcomeIndex) {
    time_since(site, start, outcome);
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "a call of a call is what it would be")]
fn time_since(site: &'static Site, start: Ticks, outcome: OutcomeIndex) {
    match Ticks::nanos_counted_since(start) {
        Some(nanos) => observe(site, nanos, outcome),
        None => time_slowly(site, start, outcome),
    }
}

#[cold]
#[inline(never)]
extern "C" fn time_slowly(site: &'static Site, start: Ticks, outcome: OutcomeIndex) {
    if start != Ticks::VOID {
        observe(site, start.elapsed_nanos(), outcome);
    }
}

#[inline]
fn observe(site: &'static Site, nanos: u64, outcome: OutcomeIndex) {
    // Entered, so resolved.
    if let Some(resolved) = site.resolved().get() {
        resolved.observe(nanos, outcome);
    }
}
