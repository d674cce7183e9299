//! Families: one description, one table of series.

use super::bucket::Bounds;
use super::cells::GAUGES;
use super::created;
use super::dense::Dense;
use super::native::NATIVES;
use super::row::Row;
use super::slab::BEFORE_BUCKETS;
use super::table::{Slot, Table};
use super::thread::SLABS;
use super::{Counter, Gauge, Histogram};
use crate::catalogue::Place;
use crate::desc::{Closed, Kind, Schema};
use crate::diagnostics::{Diagnostic, Overflow, report};
use crate::outcome::Outcome;
use once_cell::sync::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Series of a family, unless it says otherwise.
const DEFAULT_CAP: usize = 2_000;

/// Longest label value in bytes that gets a series of its own.
const LONGEST_VALUE: usize = 1_024;

/// The value of every label of a family's overflow series.
pub(crate) const OVERFLOW: &str = "__overflow__";

/// Who asks for a label set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Label values that stand in the source: the program has only so many, so
    /// no limit applies to them.
    Constant,
    /// Label values that come from anywhere.
    Open,
}

/// A label set that was looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    row: &'a Row,
    /// As in [`Slot`].
    stride: u32,
}

impl Found<'_> {
    #[inline]
    fn slot(self) -> Slot {
        Slot {
            first: self.row.first(),
            stride: self.stride,
        }
    }

    /// Its cells; shown at zero if they are those of one series.
    fn entered(self) -> Slot {
        if self.stride == 0 {
            self.row.show(0);
        }
        self.slot()
    }

    /// Shows the series of an outcome, also at zero, and returns its cell.
    pub(crate) fn show(self, outcome: Outcome) -> u32 {
        let outcome = if self.stride == 0 { 0 } else { outcome.index() };
        self.row.show(outcome);
        self.slot().cell(outcome)
    }
}

/// A family in a registry.
#[derive(Debug)]
pub struct FamilyCore {
    pub(crate) schema: Schema,
    pub(crate) bounds: &'static Bounds,
    /// When it was made, as [`created`] has it.
    pub(crate) created: u32,
    pub(super) dense: Option<Dense>,
    pub(super) table: Table,
    /// Cells from one outcome of a label set to the next; zero without outcomes.
    pub(super) stride: u32,
    cap: usize,
    /// Label sets that count towards the cap.
    open: AtomicUsize,
    /// A label set was refused.
    full: AtomicBool,
    pub(super) overflow: OnceCell<Row>,
    reported: [AtomicBool; 2],
    /// The call site that declared the family.
    by: Option<Place>,
    /// The registry's family that counts what goes to the overflow series.
    overflows: Option<Arc<Self>>,
}

impl FamilyCore {
    /// `overflows` has one label, the name of the family that is full.
    pub(crate) fn new(schema: Schema, by: Option<Place>, overflows: Option<Arc<Self>>) -> Self {
        let mut family = Self {
            created: created::now(),
            bounds: schema
                .shape()
                .map_or_else(|| Bounds::intern(&schema.buckets), Bounds::native),
            dense: schema.closed.map(Dense::new),
            cap: schema.cap.unwrap_or(DEFAULT_CAP),
            table: Table::new(&schema.labels),
            schema,
            stride: 0,
            open: AtomicUsize::new(0),
            full: AtomicBool::new(false),
            overflow: OnceCell::new(),
            reported: [const { AtomicBool::new(false) }; 2],
            by,
            overflows,
        };
        if family.schema.by_outcome {
            family.stride = family.width();
        }
        family
    }

    /// Cells from one series to the next. Those of a histogram are a power of
    /// two, so that they lie in one chunk; a native one has an index alone.
    pub(crate) fn width(&self) -> u32 {
        match self.schema.kind {
            Kind::Counter | Kind::Gauge => 1,
            Kind::InProgress => 2,
            Kind::Histogram if self.bounds.shape().is_some() => 1,
            Kind::Histogram => (BEFORE_BUCKETS + self.bounds.buckets()).next_power_of_two(),
        }
    }

    fn allocate(&self, series: u32) -> Option<Slot> {
        let width = self.width();
        let stride = if series > 1 { width } else { 0 };
        let first = match self.schema.kind {
            Kind::Gauge => GAUGES.allocate(series),
            Kind::Histogram if self.bounds.shape().is_some() => {
                NATIVES.allocate(series, self.bounds)
            }
            Kind::Counter | Kind::Histogram | Kind::InProgress => {
                SLABS.allocate(width * series, width)
            }
        };
        first.map(|first| Slot { first, stride })
    }

    /// The cells of the first of all series, one after the other, if this family
    /// is dense over these values.
    pub(crate) fn dense_over(&self, values: Closed) -> Option<Slot> {
        let dense = self.dense.as_ref()?;
        (dense.values == values).then(|| self.dense_slot(dense))?
    }

    pub(super) fn dense_slot(&self, dense: &Dense) -> Option<Slot> {
        let first = dense.first.get_or_init(|| {
            let len = u32::try_from(dense.len).ok()?;
            Some(self.allocate(len)?.first)
        });
        let stride = self.width();
        first.map(|first| Slot { first, stride })
    }

    /// The cells of values that are all in the closed sets.
    fn dense_cell(&self, values: &[&str]) -> Option<Slot> {
        let dense = self.dense.as_ref()?;
        let first = self.dense_slot(dense)?.cell(dense.index_of(values)?);
        Some(Slot { first, stride: 0 })
    }

    /// The cells of values that stand in the source, shown with these outcomes
    /// even at zero.
    pub(crate) fn constant(&self, values: &[&str], shown: &[Outcome]) -> Slot {
        if let Some(slot) = self.dense_cell(values) {
            return slot;
        }
        let found = self.known(values);
        let found = found.or_else(|| self.row(values, Origin::Constant));
        found.map_or(Slot::NOWHERE, |found| {
            for outcome in shown {
                found.show(*outcome);
            }
            found.slot()
        })
    }

    /// The label set with these values, if it has been made.
    fn known(&self, values: &[&str]) -> Option<Found<'_>> {
        let row = self.table.find(&self.schema.labels, values)?;
        let stride = self.stride;
        Some(Found { row, stride })
    }

    /// The label set with these values, if there is room for it.
    fn row(&self, values: &[&str], origin: Origin) -> Option<Found<'_>> {
        // Values that are the overflow series' own are that series: the page
        // must not have it twice.
        let own = !values.is_empty() && values.iter().all(|value| *value == OVERFLOW);
        if own && !self.schema.by_outcome {
            return Some(self.overflow_row());
        }
        // Acquire: pairs with the release below, so that a full family is seen
        // with all of its rows. Threads past the cap don't queue for the lock.
        if origin == Origin::Open && self.full.load(Ordering::Acquire) {
            return self.known(values);
        }
        let make = || {
            let series = if self.schema.by_outcome { 4 } else { 1 };
            if origin == Origin::Open {
                // Relaxed: rows are made one after the other, under the
                // table's lock.
                if self.open.load(Ordering::Relaxed) >= self.cap {
                    self.full.store(true, Ordering::Release);
                    return None;
                }
                self.open.fetch_add(1, Ordering::Relaxed);
            }
            Some(self.allocate(series)?.first)
        };
        let row = self.table.row(&self.schema.labels, values, make)?;
        let stride = self.stride;
        Some(Found { row, stride })
    }

    /// The label set with these values; past the cap, the overflow series.
    fn open_row(&self, values: &[&str]) -> Found<'_> {
        if values.iter().any(|value| value.len() > LONGEST_VALUE) {
            return self.overflow(Overflow::LongValue);
        }
        let row = self.row(values, Origin::Open);
        row.unwrap_or_else(|| self.overflow(Overflow::Cap(self.cap)))
    }

    /// One series for everything that gets none of its own, whatever its
    /// outcome.
    fn overflow_row(&self) -> Found<'_> {
        let row = self.overflow.get_or_init(|| {
            let slot = self.allocate(1).unwrap_or(Slot::NOWHERE);
            let values = vec![OVERFLOW; self.schema.labels.len()];
            let row = Row::new(&self.schema.labels, &values, slot.first);
            row.show(0);
            row
        });
        Found { row, stride: 0 }
    }

    /// The overflow series, counted, and told once for each reason.
    pub(crate) fn overflow(&self, reason: Overflow) -> Found<'_> {
        let row = self.overflow_row();
        if let Some(overflows) = &self.overflows {
            let slot = overflows.constant(&[self.schema.name.as_str()], &[Outcome::Ok]);
            Self::counter(slot.first).inc_by_unseen(1);
        }
        let [cap, long] = &self.reported;
        let reported = match reason {
            Overflow::Cap(_) => cap,
            Overflow::LongValue => long,
        };
        // Relaxed: a flag of its own. The hook is user code, so no lock is held
        // here: constant label sets, which are made under one, never overflow.
        if !reported.swap(true, Ordering::Relaxed) {
            report(&Diagnostic::Overflow {
                family: self.schema.name.as_str().to_owned(),
                reason,
                place: self.by,
            });
        }
        row
    }

    /// The cells of a call that is entered. Without outcomes the series is
    /// shown from now on, since a call may add nothing to it.
    pub(crate) fn entered(&self, values: &[&str]) -> Slot {
        if let [value] = values
            && let Some(row) = self.table.find_short(value)
            && (self.schema.by_outcome || row.is_shown(0))
        {
            let (first, stride) = (row.first(), self.stride);
            return Slot { first, stride };
        }
        self.entered_by_any(values)
    }

    #[inline(never)]
    fn entered_by_any(&self, values: &[&str]) -> Slot {
        match self.known(values) {
            Some(found) => found.entered(),
            None => match self.dense_cell(values) {
                Some(slot) => slot,
                None => self.open_row(values).entered(),
            },
        }
    }

    /// The label set with these values, shown even at zero, with its outcome.
    pub(crate) fn shown(&self, values: &[&str], outcome: Outcome) -> u32 {
        if let [value] = values
            && let Some(row) = self.table.find_short(value)
            && row.is_shown(outcome.index())
        {
            return row.first() + self.stride * outcome.index();
        }
        self.shown_by_any(values, outcome)
    }

    #[inline(never)]
    fn shown_by_any(&self, values: &[&str], outcome: Outcome) -> u32 {
        match self.known(values) {
            Some(found) => found.show(outcome),
            None => match self.dense_cell(values) {
                Some(slot) => slot.first,
                None => self.open_row(values).show(outcome),
            },
        }
    }

    pub(crate) fn counter(cell: u32) -> Counter {
        Counter {
            cell,
            site: None,
            off: false,
        }
    }

    pub(crate) fn gauge(cell: u32) -> Gauge {
        Gauge { cell }
    }

    pub(crate) fn histogram(&self, cell: u32) -> Histogram {
        Histogram {
            cell,
            bounds: self.bounds,
            unit: self.schema.unit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FamilyCore;
    use crate::desc::{Desc, Schema};
    use crate::outcome::Outcome;

    fn family(desc: &Desc) -> FamilyCore {
        let schema = Schema::try_from(desc).expect("the description is valid");
        FamilyCore::new(schema, None, None)
    }

    // Mutation: `row` sets `full` before the last row that has room is made.
    #[test]
    fn nothing_overflows_that_has_room() {
        const CAP: usize = 500;
        let family = family(&Desc::counter("a_total", "A.", &["x"]).cap(CAP));
        let values: Vec<String> = (0..CAP).map(|value| value.to_string()).collect();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for value in &values {
                        family.shown(&[value], Outcome::Ok);
                    }
                });
            }
        });
        assert!(family.overflowed().is_none());
        assert_eq!(family.len(), CAP);
        family.shown(&["one more"], Outcome::Ok);
        assert!(family.overflowed().is_some());
        assert_eq!(
            family.shown(&["7"], Outcome::Ok),
            family.shown(&["7"], Outcome::Ok)
        );
    }

    // Mutation: `row` doesn't look for the overflow series' own values.
    #[test]
    fn the_overflow_series_is_one_whoever_asks_for_it() {
        let family = family(&Desc::counter("a_total", "A.", &["x"]).cap(0));
        let constant = family.constant(&["__overflow__"], &[]);
        assert_eq!(constant.first, family.shown(&["__overflow__"], Outcome::Ok));
        assert_eq!(constant.first, family.shown(&["other"], Outcome::Ok));
        assert_eq!(family.series().len(), 1);
    }
}
