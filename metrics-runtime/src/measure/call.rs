//! What an entered call carries until it is recorded, by what its site records.

use super::Resolved;
use super::query::Tracked;
use super::sample::is_chosen;
use crate::catalogue::{Declared as _, OFF, Site, UNRESOLVED};
use crate::clock::Ticks;
use crate::outcome::{Outcome, Reading};
use crate::record::Slot;

/// An entered call.
pub trait Entered: Sized {
    /// What [`tracked`](Self::tracked) gives; nothing where no call is a query.
    type Tracked;

    /// A call of which nothing is recorded.
    fn nothing() -> Self;

    /// Where the call is recorded, if it is.
    fn site(&self) -> Option<&'static Site>;

    /// Counts the time from now on, if anybody wants it.
    fn start(&mut self);

    /// Whether the call was started, and is to be recorded.
    fn is_started(&self) -> bool;

    /// The call as it was before its start.
    #[must_use]
    fn unstarted(self) -> Self;

    /// Takes the call out; nothing is recorded of what stays.
    #[must_use]
    fn take(&mut self) -> Self;

    /// Records the call, which ends now.
    fn record(self, outcome: Outcome, reading: &Reading<'_>);

    /// As `record`, in less code where it is called.
    #[inline]
    fn record_rarely(self, outcome: Outcome) {
        record_out_of_line(self, outcome);
    }

    /// Says, as long as this lives, that a database query is recorded, if the call is
    /// one: what runs in it must not count it again.
    fn tracked(&self) -> Self::Tracked;

    /// The time at which a poll begins, if anybody wants it.
    #[inline]
    fn poll_starts(&self) -> Ticks {
        Ticks::UNREAD
    }

    /// The end of the poll that began at this time.
    #[inline]
    fn poll_ends(&mut self, _: Ticks) {}
}

/// A call of which nothing is recorded: `when` has said so.
#[inline]
pub fn nothing<C: Entered>() -> C {
    C::nothing()
}

#[cold]
#[inline(never)]
fn record_out_of_line<C: Entered>(call: C, outcome: Outcome) {
    call.record(outcome, Reading::NONE);
}

/// A call at any site: cells of `D` instruments whose labels were evaluated at
/// entry, and when it began. `D` is zero where all labels are constant; of an `ASKED`
/// one it is known that something is recorded, and it may be one that isn't timed.
#[derive(Clone, Copy, Debug)]
pub struct Call<const D: usize, const ASKED: bool = false> {
    /// `None` when nothing is recorded.
    site: Option<&'static Site>,
    rows: [Slot; D],
    start: Ticks,
}

impl<const D: usize, const ASKED: bool> Call<D, ASKED> {
    /// A call at this site with these cells, if anything is recorded.
    #[inline]
    pub(super) const fn at(site: Option<&'static Site>, rows: [Slot; D]) -> Self {
        Self {
            site,
            rows,
            start: Ticks::UNREAD,
        }
    }

    /// The call as one of which only a share is timed, that which lies below
    /// `threshold`.
    #[inline]
    #[must_use]
    pub fn sampled(self, threshold: u64) -> Call<D, true> {
        let Self { rows, .. } = self;
        let site = self.site.filter(|site| !site.is_off());
        let start = if site.is_some() && !is_chosen(threshold) {
            Ticks::UNTIMED
        } else {
            Ticks::UNREAD
        };
        Call { site, rows, start }
    }

    /// Without rows nothing refers to the call, which then needs no memory.
    #[inline]
    const fn rows(&self) -> &[Slot] {
        if D == 0 { &[] } else { &self.rows }
    }
}

impl<const D: usize, const ASKED: bool> Entered for Call<D, ASKED> {
    type Tracked = Tracked;

    #[inline]
    fn nothing() -> Self {
        Self::at(None, [Slot::NOWHERE; D])
    }

    #[inline]
    fn site(&self) -> Option<&'static Site> {
        self.site
    }

    #[inline]
    fn start(&mut self) {
        let Some(site) = self.site else { return };
        let cell = site.cell();
        if !ASKED && cell == OFF {
            self.site = None;
            return;
        }
        let timed = site.is_timed() && !(ASKED && self.start == Ticks::UNTIMED);
        // One comparison for `UNRESOLVED` and, since it was asked, `OFF`.
        self.start = if cell.cast_signed() <= UNRESOLVED.cast_signed() {
            let now = unsettled(site);
            if timed || now == Ticks::VOID {
                now
            } else {
                Ticks::SKIPPED
            }
        } else if timed {
            Ticks::of_counter()
        } else {
            Ticks::SKIPPED
        };
        if site.is_running_counted() && self.start != Ticks::VOID {
            run(site, self.rows());
        }
    }

    #[inline]
    fn is_started(&self) -> bool {
        self.site.is_some() && !matches!(self.start, Ticks::UNREAD | Ticks::UNTIMED)
    }

    #[inline]
    fn unstarted(self) -> Self {
        if let Some(site) = self.site
            && site.is_running_counted()
            && self.is_started()
            && self.start != Ticks::VOID
        {
            rest(site, self.rows());
        }
        let start = match self.start {
            Ticks::SKIPPED => Ticks::UNTIMED,
            _ => Ticks::UNREAD,
        };
        Self { start, ..self }
    }

    #[inline]
    fn take(&mut self) -> Self {
        let call = *self;
        self.site = None;
        call
    }

    #[inline]
    fn record(self, outcome: Outcome, reading: &Reading<'_>) {
        if let Some(site) = self.site {
            record(site, self.rows(), self.start, outcome, reading);
        }
    }

    #[inline]
    fn record_rarely(self, outcome: Outcome) {
        self.record(outcome, Reading::NONE);
    }

    #[inline]
    fn tracked(&self) -> Tracked {
        Tracked::new(self.site.is_some_and(Site::is_query))
    }
}

/// The time while the site isn't resolved or the clock isn't settled; `VOID` if
/// nothing is recorded, or it turns out so.
#[cold]
#[inline(never)]
pub(crate) fn unsettled(site: &'static Site) -> Ticks {
    Resolved::of(site).map_or(Ticks::VOID, |_| Ticks::now())
}

/// Enters a site whose labels are all constant.
#[inline]
pub const fn enter(site: &'static Site) -> Call<0> {
    Call::at(Some(site), [])
}

/// Adds a call that runs from now on.
#[inline(never)]
fn run(site: &'static Site, rows: &[Slot]) {
    if let Some(resolved) = site.resolved() {
        resolved.run(rows);
    }
}

/// Takes away a call that runs.
#[inline(never)]
fn rest(site: &'static Site, rows: &[Slot]) {
    if let Some(resolved) = site.resolved() {
        resolved.rest(rows);
    }
}

/// Adds a call that ends now.
#[inline(never)]
fn record(
    site: &'static Site,
    rows: &[Slot],
    start: Ticks,
    outcome: Outcome,
    reading: &Reading<'_>,
) {
    // Entered, so resolved, unless that has found recording turned off.
    let Some(resolved) = site.resolved().filter(|_| start != Ticks::VOID) else {
        return;
    };
    let nanos = (start != Ticks::SKIPPED).then(|| start.elapsed_nanos());
    // What has been counted as running ends, also when recording was turned off
    // since.
    if site.is_running_counted() {
        resolved.rest(rows);
    }
    if !site.is_off() {
        resolved.add(rows, nanos, outcome, reading);
    }
}
