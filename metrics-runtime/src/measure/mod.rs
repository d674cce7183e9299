//! One annotated call: entered at a site, measured by a guard or a future,
//! recorded once.

mod age;
mod awaited;
mod busy;
mod call;
mod counted;
mod found;
mod future;
mod guard;
mod handle;
mod late;
mod model_cell;
pub(crate) mod query;
#[cfg(feature = "http")]
mod request;
mod returned;
mod rows;
mod sample;
mod series;
mod stream;
mod timed;

pub use age::aged;
pub use awaited::{Awaited, await_call};
pub use busy::busy;
pub(crate) use call::unsettled;
pub use call::{enter, nothing};
pub use counted::enter_counted;
pub use found::{FoundInOption, FoundInOther, FoundInResult};
pub use future::{measured, measured_with, never};
pub use guard::{Guard, PlainGuard, call, measured_call};
pub use late::enter_late;
pub use model_cell::ModelCell;
pub use query::{RequestQueries, count_request_queries};
#[cfg(feature = "http")]
pub(crate) use request::{Request, RequestScope};
pub use returned::of_returned;
pub use rows::{RowsOfAny, RowsOfOption, RowsOfResult};
#[cfg(feature = "http")]
pub(crate) use sample::is_chosen;
pub(crate) use series::nth;
pub use series::{closed, open};
pub use stream::measured_stream;
pub use timed::{await_timed, enter_timed, guard_timed};

use crate::catalogue::{Declared as _, NOWHERE, OFF, Place, Record, Site, UNRESOLVED};
use crate::clock::Ticks;
use crate::label::{LabelValue, Scratch, with_texts};
use crate::outcome::{Outcome, Reading};
use crate::record::{Bounds, ByOutcome, Slot, thread};
use call::Call;
use handle::Handle;
use metrics_site::Durations;
use once_cell::sync::OnceCell;

/// The instruments of a site, resolved to cells at its first call.
#[derive(Debug)]
pub(crate) struct Resolved {
    /// The cells of the first instrument, if its labels are constant and its
    /// family is in force.
    first: Slot,
    /// Its cells by outcome.
    outcomes: ByOutcome,
    handles: Box<[Handle]>,
    place: Place,
}

impl Resolved {
    /// The site's instruments; `None` when nothing is recorded.
    #[inline]
    fn at(site: &'static Site) -> Option<&'static Self> {
        match site.cell() {
            OFF => None,
            UNRESOLVED => Self::of(site),
            _ => site.resolved(),
        }
    }

    /// The site's instruments, found at its first call and when recording was
    /// turned on or off since.
    #[cold]
    #[inline(never)]
    fn of(site: &'static Site) -> Option<&'static Self> {
        // On a platform without constructors this is how a site gets known.
        site.register();
        if !crate::config::recording() {
            publish(site, OFF);
            return None;
        }
        if site.timer().is_none() {
            // Made before it is entered: a conflict is reported to the user's hook,
            // which may call this very function.
            let timer = timed::timer(Self::find(site));
            site.resolve_to(timer);
        }
        let resolved = site.resolved()?;
        let first = resolved.first.first;
        let handle = resolved.handles.first();
        // One that hands series out counts them from its first cell, where all
        // its labels are closed.
        let is_closed = site
            .instruments()
            .first()
            .is_some_and(|first| first.desc.closed.is_some());
        let counts_on = handle.is_some_and(|handle| handle.record == Record::Handle) && is_closed;
        // The cell of a native histogram has the highest bit, which `OFF` has; it is
        // never looked for here.
        let is_cell = (NOWHERE..=i32::MAX.cast_unsigned()).contains(&first);
        let is_known = counts_on || is_cell;
        publish(site, if is_known { first } else { NOWHERE });
        Some(resolved)
    }

    fn find(site: &'static Site) -> Self {
        let families = site.registry().families_of(site);
        let handles = site.instruments().iter().zip(families);
        let mut of_queries = false;
        let handles = handles.map(|(instrument, family)| {
            // A query is one for its request, however many families count it.
            let record = match instrument.record {
                Record::Queries if of_queries => Record::Calls,
                record => record,
            };
            of_queries |= record == Record::Queries;
            let family = match instrument.record {
                Record::Handle => series::or_unseen(site, family),
                _ => family,
            };
            let fixed = family.as_ref().and_then(|family| {
                if let Some(values) = instrument.desc.closed {
                    return family.dense_over(values);
                }
                Some(family.constant(&instrument.constants(site.place())?, &[]))
            });
            Handle {
                record,
                fixed,
                is_late: instrument.is_late(),
                bounds: family.as_ref().map_or(Bounds::NONE, |family| family.bounds),
                family,
                labels: instrument.labels,
                ages: OnceCell::new(),
            }
        });
        let handles: Box<[Handle]> = handles.collect();
        let first = handles.first();
        let slot = first.and_then(|first| first.fixed);
        let slot = slot.unwrap_or(Slot::NOWHERE);
        Self {
            first: slot,
            outcomes: ByOutcome::new(slot),
            handles,
            place: site.place(),
        }
    }

    /// The first instrument's cell for an outcome.
    #[inline]
    fn cell(&self, outcome: Outcome) -> u32 {
        self.outcomes.cell(outcome)
    }

    /// The bounds of the first instrument, if it is a histogram.
    fn bounds(&self) -> &'static Durations {
        let first = self.handles.first();
        first.map_or(Bounds::NONE, |first| first.bounds).durations()
    }

    /// Adds a finished call to the cells of every instrument; `rows` has the
    /// cells where label values were evaluated at entry. Without `nanos` the call
    /// isn't timed.
    #[inline]
    fn add(&self, rows: &[Slot], nanos: Option<u64>, outcome: Outcome, reading: &Reading<'_>) {
        for (index, handle) in self.handles.iter().enumerate() {
            let slot = if handle.is_late {
                Some(self.slot_at_end(handle, reading))
            } else {
                rows.get(index).copied().or(handle.fixed)
            };
            if let Some(slot) = slot {
                handle.add(slot, nanos, outcome, reading);
            }
        }
    }

    /// The cells where a label value is read from what the call returned.
    #[cold]
    #[inline(never)]
    fn slot_at_end(&self, handle: &Handle, reading: &Reading<'_>) -> Slot {
        let texts: Vec<&str> = reading.texts.iter().map(|text| &**text).collect();
        with_texts(reading.labels, |returned| {
            handle.slot(self.place, &texts, returned)
        })
    }

    /// Counts a call that runs from now on.
    fn run(&self, rows: &[Slot]) {
        self.each_running(rows, |slot| thread::add(slot.first, 1));
    }

    /// Counts the end of a call that was counted as running.
    fn rest(&self, rows: &[Slot]) {
        self.each_running(rows, |slot| thread::add_after(slot.first + 1));
    }

    fn each_running(&self, rows: &[Slot], count: impl Fn(Slot)) {
        for (index, handle) in self.handles.iter().enumerate() {
            if handle.record == Record::InProgress {
                let slot = rows.get(index).copied().or(handle.fixed);
                count(slot.unwrap_or(Slot::NOWHERE));
            }
        }
    }
}

/// Makes a site's first cell known to calls that come; those of a site that
/// records nothing need not look.
fn publish(site: &'static Site, cell: u32) {
    site.publish(|| {
        if !crate::config::recording_decided() {
            OFF
        } else if site.is_timed() && !Ticks::are_settled() {
            // Calls that are timed read the counter without a look at the
            // clock's state, so that has to be settled.
            UNRESOLVED
        } else {
            cell
        }
    });
}

/// Enters a site of `D` instruments with the `N` label values that it
/// evaluates at entry.
pub fn enter_with<const D: usize, const N: usize>(
    site: &'static Site,
    values: [&dyn LabelValue; N],
) -> Call<D, true> {
    let resolved = Resolved::at(site);
    let mut rows = [Slot::NOWHERE; D];
    if let Some(resolved) = resolved {
        let mut scratch = [const { Scratch::new() }; N];
        let mut texts = [""; N];
        for ((text, value), scratch) in texts.iter_mut().zip(values).zip(&mut scratch) {
            *text = value.label(scratch);
        }
        look_up(resolved, &texts, &mut rows);
    }
    Call::at(resolved.map(|_| site), rows)
}

/// Finds the cells of each instrument for the values evaluated at entry.
#[inline(never)]
fn look_up(resolved: &Resolved, texts: &[&str], rows: &mut [Slot]) {
    for (handle, row) in resolved.handles.iter().zip(rows) {
        if !handle.is_late {
            *row = handle.slot(resolved.place, texts, &[]);
        }
    }
}
