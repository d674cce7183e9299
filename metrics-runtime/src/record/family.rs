//! Families: one description, one table of series.

use super::bucket::Bounds;
use super::cells::GAUGES;
use super::dense::{Dense, combination};
use super::slab::BEFORE_BUCKETS;
use super::table::{Row, Slot, Table};
use super::thread::SLABS;
use super::{Counter, Gauge, Histogram};
use crate::catalogue::Place;
use crate::desc::{Closed, Kind, Schema};
use crate::diagnostics::{Diagnostic, Overflow, report};
use crate::outcome::Outcome;
use once_cell::sync::OnceCell;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Series of a family, unless it says otherwise.
const DEFAULT_CAP: usize = 2_000;

/// Dense families of at most so many series show all of them at zero.
const SHOWN_AT_ZERO: usize = 100;

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

/// A family in a registry.
#[derive(Debug)]
pub struct FamilyCore {
    pub(crate) schema: Schema,
    pub(crate) bounds: &'static Bounds,
    dense: Option<Dense>,
    table: Table,
    cap: usize,
    /// Label sets that count towards the cap.
    open: AtomicUsize,
    overflow: OnceCell<Row>,
    reported: [AtomicBool; 2],
    /// The call site that declared the family.
    by: Option<Place>,
    /// The registry's family that counts what goes to the overflow series.
    overflows: Option<Arc<Self>>,
}

impl FamilyCore {
    /// `overflows` has one label, the name of the family that is full.
    pub(crate) fn new(schema: Schema, by: Option<Place>, overflows: Option<Arc<Self>>) -> Self {
        Self {
            bounds: Bounds::intern(&schema.buckets),
            dense: schema.closed.map(Dense::new),
            cap: schema.cap.unwrap_or(DEFAULT_CAP),
            schema,
            table: Table::new(),
            open: AtomicUsize::new(0),
            overflow: OnceCell::new(),
            reported: [const { AtomicBool::new(false) }; 2],
            by,
            overflows,
        }
    }

    /// Cells from one series to the next. Those of a histogram are a power of
    /// two, so that they lie in one chunk.
    pub(crate) fn width(&self) -> u32 {
        match self.schema.kind {
            Kind::Counter | Kind::Gauge => 1,
            Kind::Histogram => (BEFORE_BUCKETS + self.bounds.buckets()).next_power_of_two(),
        }
    }

    fn allocate(&self, series: u32) -> Option<Slot> {
        let width = self.width();
        let stride = if series > 1 { width } else { 0 };
        let first = match self.schema.kind {
            Kind::Gauge => GAUGES.allocate(series),
            Kind::Counter | Kind::Histogram => SLABS.allocate(width * series, width),
        };
        first.map(|first| Slot { first, stride })
    }

    /// The cells of the first of all series, one after the other, if this family
    /// is dense over these values.
    pub(crate) fn dense_over(&self, values: Closed) -> Option<Slot> {
        let dense = self.dense.as_ref()?;
        (dense.values == values).then(|| self.dense_slot(dense))?
    }

    fn dense_slot(&self, dense: &Dense) -> Option<Slot> {
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
        let row = self.row(values, Origin::Constant);
        row.map_or(Slot::NOWHERE, |row| {
            for outcome in shown {
                row.show(outcome.index());
            }
            row.slot
        })
    }

    /// The label set with these values, if there is room for it.
    fn row(&self, values: &[&str], origin: Origin) -> Option<&Row> {
        let make = || {
            let series = if self.schema.by_outcome { 4 } else { 1 };
            if origin == Origin::Open {
                // Relaxed: rows are made one after the other, under the
                // table's lock.
                if self.open.load(Ordering::Relaxed) >= self.cap {
                    return None;
                }
                self.open.fetch_add(1, Ordering::Relaxed);
            }
            self.allocate(series)
        };
        self.table.row(values, make)
    }

    /// The label set with these values; past the cap, the overflow series.
    fn open_row(&self, values: &[&str]) -> &Row {
        if values.iter().any(|value| value.len() > LONGEST_VALUE) {
            return self.overflow(Overflow::LongValue);
        }
        // Values that are the overflow series' own are that series: the page
        // must not have it twice.
        let own = !values.is_empty() && values.iter().all(|value| *value == OVERFLOW);
        if own && !self.schema.by_outcome {
            return self.overflow_row();
        }
        let row = self.row(values, Origin::Open);
        row.unwrap_or_else(|| self.overflow(Overflow::Cap(self.cap)))
    }

    /// One series for everything that gets none of its own, whatever its
    /// outcome.
    fn overflow_row(&self) -> &Row {
        self.overflow.get_or_init(|| {
            let slot = self.allocate(1).unwrap_or(Slot::NOWHERE);
            let row = Row::new(&vec![OVERFLOW; self.schema.labels.len()], slot);
            row.show(0);
            row
        })
    }

    /// The overflow series, counted, and told once for each reason.
    fn overflow(&self, reason: Overflow) -> &Row {
        let row = self.overflow_row();
        if let Some(overflows) = &self.overflows {
            let slot = overflows.constant(&[self.schema.name.as_str()], &[Outcome::Ok]);
            Self::counter(slot.first).inc();
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
        if let Some(slot) = self.dense_cell(values) {
            return slot;
        }
        let row = self.open_row(values);
        if !self.schema.by_outcome {
            row.show(0);
        }
        row.slot
    }

    /// The label set with these values, shown even at zero, with its outcome.
    pub(crate) fn shown(&self, values: &[&str], outcome: Outcome) -> u32 {
        if let Some(slot) = self.dense_cell(values) {
            return slot.first;
        }
        let row = self.open_row(values);
        if row.slot.stride == 0 {
            row.show(0);
        } else {
            row.show(outcome.index());
        }
        row.slot.cell(outcome.index())
    }

    /// All series to be served: label values, outcome and first cell, sorted
    /// by values so that a page is the same whatever came first.
    pub(crate) fn series(&self) -> Vec<Series<'_>> {
        let mut rows: Vec<&Row> = self.table.rows().iter().collect();
        rows.sort_unstable_by(|a, b| a.values.cmp(&b.values));
        rows.extend(self.overflow.get());
        let mut all = Vec::with_capacity(rows.len());
        if let Some((dense, slot)) = self.dense.as_ref().and_then(|dense| {
            let slot = self.dense_slot(dense)?;
            Some((dense, slot))
        }) {
            all.extend((0..dense.len).zip(0..).map(|(index, cell)| Series {
                values: combination(dense.values, index),
                outcome: None,
                cell: slot.cell(cell),
                shown: dense.len <= SHOWN_AT_ZERO,
            }));
        }
        for row in rows {
            let values: Vec<&str> = row.values.iter().map(|value| &**value).collect();
            if row.slot.stride > 0 {
                all.extend(Outcome::ALL.iter().map(|outcome| Series {
                    values: values.clone(),
                    outcome: Some(outcome.as_str()),
                    cell: row.slot.cell(outcome.index()),
                    shown: row.is_shown(outcome.index()),
                }));
            } else {
                all.push(Series {
                    values,
                    outcome: self.schema.by_outcome.then_some(OVERFLOW),
                    cell: row.slot.first,
                    shown: row.is_shown(0),
                });
            }
        }
        all
    }

    /// The handle of a series.
    pub(crate) fn metric<M: Metric>(&self, cell: u32) -> M {
        M::at(self, cell)
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

/// A series as a scrape sees it.
#[derive(Debug)]
pub(crate) struct Series<'a> {
    pub(crate) values: Vec<&'a str>,
    pub(crate) outcome: Option<&'static str>,
    pub(crate) cell: u32,
    /// Served even if nothing was recorded.
    pub(crate) shown: bool,
}

mod sealed {
    use super::{Bounds, FamilyCore};
    use crate::catalogue::{Site, UNRESOLVED};
    use crate::desc::Unit;
    use crate::measure::nth;

    /// Keeps [`Metric`](super::Metric) to the kinds that cells exist for.
    pub trait Sealed: Copy {
        /// A series that swallows what is recorded.
        const NOWHERE: Self;

        fn at(family: &FamilyCore, cell: u32) -> Self;

        /// The nth of the series that lie in a row from a site's first cell on.
        fn in_row(site: &'static Site, first: u32, index: u32) -> Self;
    }

    impl Sealed for super::Counter {
        const NOWHERE: Self = Self {
            cell: 0,
            site: None,
            off: true,
        };

        #[inline]
        fn at(_: &FamilyCore, cell: u32) -> Self {
            FamilyCore::counter(cell)
        }

        #[inline]
        fn in_row(site: &'static Site, first: u32, index: u32) -> Self {
            Self {
                cell: first.wrapping_add(index),
                site: Some(site),
                off: false,
            }
        }
    }

    impl Sealed for super::Gauge {
        const NOWHERE: Self = Self { cell: 0 };

        #[inline]
        fn at(_: &FamilyCore, cell: u32) -> Self {
            FamilyCore::gauge(cell)
        }

        #[inline]
        fn in_row(site: &'static Site, first: u32, index: u32) -> Self {
            if first == UNRESOLVED {
                return nth(site, index).map_or(Self::NOWHERE, |(_, cell)| Self { cell });
            }
            Self {
                cell: first.wrapping_add(index),
            }
        }
    }

    impl Sealed for super::Histogram {
        const NOWHERE: Self = Self {
            cell: 0,
            bounds: Bounds::NONE,
            unit: Unit::Value,
        };

        fn at(family: &FamilyCore, cell: u32) -> Self {
            family.histogram(cell)
        }

        #[inline]
        fn in_row(site: &'static Site, _: u32, index: u32) -> Self {
            nth(site, index).map_or(Self::NOWHERE, |(family, cell)| family.histogram(cell))
        }
    }
}

/// The series of a family with these label values and this outcome.
pub(crate) fn at<M: Metric>(family: &FamilyCore, values: &[&str], outcome: Outcome) -> M {
    M::at(family, family.shown(values, outcome))
}

/// [`Counter`], [`Gauge`] or [`Histogram`].
pub trait Metric: sealed::Sealed {}

impl Metric for Counter {}
impl Metric for Gauge {}
impl Metric for Histogram {}

/// A family with `N` labels, made at run time through a
/// [`Registry`](crate::Registry).
///
/// ```
/// let registry = metrics_runtime::Registry::new();
/// let logins = registry.counter_family("logins_total", "Logins.", ["method", "result"])?;
/// logins.with(["password", "ok"]).inc();
/// assert!(registry.to_text().contains(r#"logins_total{method="password",result="ok"} 1"#));
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Family<M, const N: usize> {
    pub(crate) core: Arc<FamilyCore>,
    pub(crate) metric: PhantomData<fn() -> M>,
}

impl<M: Metric, const N: usize> Family<M, N> {
    /// The series with these label values, in the order of the labels.
    ///
    /// It is served from now on, at zero until something is recorded. Label
    /// values are compared in full. Past 2,000 series, or with a value over
    /// 1 KiB, it is the family's overflow series, whose values are all
    /// `__overflow__`.
    pub fn with(&self, values: [&str; N]) -> M {
        at(&self.core, &values, Outcome::Ok)
    }
}
