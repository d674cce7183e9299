//! One instrument of a site, and what a call adds to it.

use super::query;
use crate::catalogue::{Place, Record, Source};
use crate::outcome::{Outcome, Reading};
use crate::record::{Ages, Bounds, FamilyCore, Histogram, Slot, exemplar, thread};
use once_cell::sync::OnceCell;
use std::sync::Arc;

/// One instrument of a site.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) record: Record,
    /// The cells, if all label values stand in the source.
    pub(super) fixed: Option<Slot>,
    /// A label value is read from what the call returned.
    pub(super) is_late: bool,
    pub(super) bounds: &'static Bounds,
    /// `None` records nowhere: another site's declaration is in force.
    pub(super) family: Option<Arc<FamilyCore>>,
    pub(super) labels: &'static [Source],
    /// Of calls that run, for the gauge that tells the greatest.
    pub(super) ages: OnceCell<&'static Ages>,
}

impl Handle {
    /// The cells for these label values, of which some were evaluated at entry
    /// and some are of what the call returned.
    pub(super) fn slot(&self, place: Place, texts: &[&str], returned: &[&str]) -> Slot {
        /// More labels than this are looked up through an allocation.
        const INLINE: usize = 16;
        let Some(family) = &self.family else {
            return Slot::NOWHERE;
        };
        let value = |source: &Source| match *source {
            Source::Argument(index) => texts.get(index).copied().unwrap_or(""),
            Source::Returned(index) => returned.get(index).copied().unwrap_or(""),
            _ => source.constant(place).unwrap_or(""),
        };
        if let Some(slot) = self.fixed {
            slot
        } else if self.labels.len() <= INLINE {
            let mut values = [""; INLINE];
            for (slot, source) in values.iter_mut().zip(self.labels) {
                *slot = value(source);
            }
            family.entered(&values[..self.labels.len()])
        } else {
            let values: Vec<&str> = self.labels.iter().map(value).collect();
            family.entered(&values)
        }
    }

    /// Adds a finished call to these cells. Without `nanos` it isn't timed.
    #[inline]
    pub(super) fn add(
        &self,
        slot: Slot,
        nanos: Option<u64>,
        outcome: Outcome,
        reading: &Reading<'_>,
    ) {
        let cell = slot.cell(outcome.index());
        match self.record {
            Record::Calls => add_seen(cell, 1),
            Record::Duration => {
                if let Some(nanos) = nanos {
                    Histogram::observe_nanos_at(self.bounds.durations(), cell, nanos);
                }
            }
            _ => self.add_more(slot, nanos, outcome, reading),
        }
    }

    /// As [`add`](Self::add), for what is rarer.
    #[inline(never)]
    fn add_more(&self, slot: Slot, nanos: Option<u64>, outcome: Outcome, reading: &Reading<'_>) {
        let Reading {
            found,
            rows,
            items,
            polls,
            ..
        } = *reading;
        let observe = |nanos| {
            let cell = slot.cell(outcome.index());
            Histogram::observe_nanos_at(self.bounds.durations(), cell, nanos);
        };
        let count = |rows| add_seen(slot.first, rows);
        let succeeded = outcome == Outcome::Ok;
        match self.record {
            Record::Rows if succeeded => count(rows),
            Record::Created if succeeded && found => count(rows),
            Record::Replaced if succeeded && !found => count(rows),
            Record::Hits if succeeded && found => count(1),
            Record::Misses if succeeded && !found => count(1),
            Record::Successes if succeeded => count(1),
            Record::Errors if outcome == Outcome::Error => count(1),
            Record::Items => count(items),
            Record::Queries => {
                add_seen(slot.cell(outcome.index()), 1);
                query::count();
            }
            Record::Slow(threshold) => {
                let threshold = match threshold {
                    0 => crate::config::slow_query_nanos(),
                    own => own,
                };
                if nanos.is_some_and(|nanos| nanos >= threshold) {
                    count(1);
                }
            }
            Record::Busy | Record::Idle | Record::LongestPoll => {
                let Some(nanos) = nanos else { return };
                observe(match self.record {
                    Record::Busy => polls.busy,
                    Record::LongestPoll => polls.longest,
                    _ => nanos.saturating_sub(polls.busy),
                });
            }
            Record::LastSuccess if succeeded => FamilyCore::gauge(slot.first).set_to_current_time(),
            // Others have nothing to add, or have been taken care of.
            _ => {}
        }
    }
}

/// Adds to a counter, which offers an exemplar unless there is nothing to add.
#[inline]
fn add_seen(cell: u32, amount: u64) {
    thread::add(cell, amount);
    if amount > 0 {
        #[expect(clippy::cast_precision_loss, reason = "exemplars hold doubles")]
        exemplar::offer(cell, || amount as f64);
    }
}
