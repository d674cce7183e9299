//! Calls whose time is taken, and nothing else.
//!
//! What these call is in `metrics-site`, or small enough to be inlined: nothing here may
//! need an object of the runtime where it is linked.

use super::Resolved;
use super::awaited::Metered;
use super::call::Entered;
use super::guard::Guard;
use crate::catalogue::{OFF, Site, UNRESOLVED};
use crate::clock::Ticks;
use crate::outcome::{Outcome, Reading};
use crate::record::Histogram;
use metrics_site::{Begun, OutcomeIndex, Spare, Time, Timer, end, time, unsettled};

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

/// Guards a call at a site that takes the time of calls.
#[inline]
pub fn guard_timed(site: &'static Site) -> Guard<Timed> {
    Guard::new(enter_timed(site))
}

impl Entered for Timed {
    type Tracked = ();

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
    fn tracked(&self) {}

    #[inline]
    fn start(&mut self) {
        let Some(site) = self.site else { return };
        match site.cell() {
            OFF => self.site = None,
            UNRESOLVED => self.start = Ticks::from_bits(unsettled(site)),
            _ => self.start = Ticks::of_counter(),
        }
    }

    #[inline]
    fn is_started(&self) -> bool {
        self.site.is_some() && !matches!(self.start, Ticks::UNREAD)
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
            let start = self.start.to_bits();
            time(site, outcome.into(), Spare::uninit(), start);
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
    /// Begun at `UNREAD` before the first poll.
    call: Begun,
}

/// Enters a site that takes the time of async calls.
#[inline]
pub const fn await_timed(site: &'static Site) -> TimedMeter {
    let start = Ticks::UNREAD.to_bits();
    TimedMeter {
        call: Begun { site, start },
    }
}

impl Metered for TimedMeter {
    #[inline]
    fn start(&mut self) {
        if self.call.start != Ticks::UNREAD.to_bits() {
            return;
        }
        // One comparison with zero for `OFF`, `UNRESOLVED` and the rest.
        let cell = self.call.site.cell().cast_signed();
        if cell > UNRESOLVED.cast_signed() {
            self.call.start = Ticks::of_counter().to_bits();
        } else {
            self.start_otherwise(cell == OFF.cast_signed());
        }
    }

    #[inline]
    fn end(&mut self, outcome: Outcome) {
        end(&mut self.call, outcome.into());
    }
}

impl TimedMeter {
    /// The start where recording is turned off, the site isn't resolved or the clock isn't
    /// settled.
    #[cold]
    #[inline]
    fn start_otherwise(&mut self, is_off: bool) {
        self.call.start = if is_off {
            Ticks::VOID.to_bits()
        } else {
            unsettled(self.call.site)
        };
    }
}

impl Drop for TimedMeter {
    /// Suspended: the call was cancelled, even when whoever drops it is
    /// unwinding.
    #[inline]
    fn drop(&mut self) {
        if Ticks::from_bits(self.call.start).is_of_start() {
            end(&mut self.call, Outcome::Cancelled.into());
        }
    }
}

/// What has the calls of a site recorded that is resolved to this.
pub(super) fn timer(resolved: Resolved) -> Timer {
    let (cells, bounds) = (resolved.first.cells(), resolved.bounds());
    let time: Time = if Histogram::is_native_at(resolved.first.first) {
        time_native
    } else {
        time_classic
    };
    // As long as the process, like the site; one that comes second is few bytes.
    let resolved: *mut Resolved = Box::leak(Box::new(resolved));
    // SAFETY: sites are resolved here alone, and `Declared::resolved`, which alone asks
    // for it, expects this type.
    #[expect(unsafe_code, reason = "the benchmark of open labels shows its worth")]
    unsafe {
        Timer::new(time, cells, bounds, resolved.cast())
    }
}

/// Adds a call to a histogram with fixed buckets. What is read of the timer last is the
/// cell, which takes its register then.
extern "C" fn time_classic(timer: &'static Timer, outcome: OutcomeIndex, spare: Spare, start: u64) {
    match Ticks::nanos_counted_since(Ticks::from_bits(start)) {
        Some(nanos) => Histogram::observe_classic_at(timer.bounds, cell(timer, outcome), nanos),
        None => time_slowly(timer, outcome, spare, start),
    }
}

/// Adds a call to a native histogram.
extern "C" fn time_native(timer: &'static Timer, outcome: OutcomeIndex, spare: Spare, start: u64) {
    match Ticks::nanos_counted_since(Ticks::from_bits(start)) {
        Some(nanos) => Histogram::observe_native_at(timer.bounds, cell(timer, outcome), nanos),
        None => time_slowly(timer, outcome, spare, start),
    }
}

/// The cell for an outcome.
#[inline]
fn cell(timer: &Timer, outcome: OutcomeIndex) -> u32 {
    // Masked: cheaper than a check, and never out of bounds.
    timer.cells[outcome as usize % 4]
}

#[cold]
#[inline(never)]
extern "C" fn time_slowly(timer: &'static Timer, outcome: OutcomeIndex, _: Spare, start: u64) {
    let start = Ticks::from_bits(start);
    if start != Ticks::VOID {
        let nanos = start.elapsed_nanos();
        Histogram::observe_nanos_at(timer.bounds, cell(timer, outcome), nanos);
    }
}
