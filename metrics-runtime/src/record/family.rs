//! Families: one description, one table of series.

use super::bucket::Bounds;
use super::slab::{SHARED, SUMMED};
use super::table::{Row, Slot, Table};
use super::{Counter, Gauge, Histogram};
use crate::desc::{Kind, Schema};
use crate::diagnostics::{Diagnostic, report};
use crate::outcome::Outcome;
use once_cell::sync::OnceCell;
use std::marker::PhantomData;
use std::sync::Arc;

/// Series of a family, unless it says otherwise.
const DEFAULT_CAP: usize = 2_000;

/// Longest label value in bytes that gets a series of its own.
const LONGEST_VALUE: usize = 1_024;

/// The value of every label of a family's overflow series.
pub(crate) const OVERFLOW: &str = "__overflow__";

/// A family in a registry.
#[derive(Debug)]
pub struct FamilyCore {
    pub(crate) schema: Schema,
    pub(crate) bounds: &'static Bounds,
    table: Table,
    cap: usize,
    overflow: OnceCell<Row>,
    /// The registry's family that counts what goes to the overflow series.
    overflows: Option<Arc<Self>>,
}

impl FamilyCore {
    /// `overflows` has one label, the name of the family that is full.
    pub(crate) fn new(schema: Schema, overflows: Option<Arc<Self>>) -> Self {
        Self {
            bounds: Bounds::intern(&schema.buckets),
            schema,
            table: Table::new(),
            cap: DEFAULT_CAP,
            overflow: OnceCell::new(),
            overflows,
        }
    }

    /// Cells of one series.
    fn width(&self) -> u32 {
        match self.schema.kind {
            Kind::Counter | Kind::Gauge => 1,
            Kind::Histogram => 1 + self.bounds.buckets(),
        }
    }

    fn allocate(&self, series: u32) -> Option<Slot> {
        let width = self.width();
        let cells = match self.schema.kind {
            Kind::Gauge => &SHARED,
            Kind::Counter | Kind::Histogram => &SUMMED,
        };
        let stride = if series > 1 { width } else { 0 };
        cells
            .allocate(width * series)
            .map(|first| Slot { first, stride })
    }

    /// The label set with these values; past the cap, the overflow series.
    pub(crate) fn row(&self, values: &[&str]) -> &Row {
        let fits = values.len() == self.schema.labels.len()
            && values.iter().all(|value| value.len() <= LONGEST_VALUE);
        let make = |rows| {
            let series = if self.schema.by_outcome { 4 } else { 1 };
            (rows < self.cap).then(|| self.allocate(series)).flatten()
        };
        let row = if fits {
            self.table.row(values, make)
        } else {
            None
        };
        row.unwrap_or_else(|| self.overflow())
    }

    /// One series for everything past the cap, whatever its outcome.
    fn overflow(&self) -> &Row {
        let mut first = false;
        let row = self.overflow.get_or_init(|| {
            first = true;
            // A family without room for this one series is past the limits of
            // the index space; an index that was never handed out swallows.
            let slot = self.allocate(1).unwrap_or(Slot {
                first: u32::MAX,
                stride: 0,
            });
            let row = Row::new(&vec![OVERFLOW; self.schema.labels.len()], slot);
            row.show(0);
            row
        });
        if let Some(overflows) = &self.overflows {
            let cell = overflows.shown(&[self.schema.name.as_str()], Outcome::Ok);
            Self::counter(cell).inc();
        }
        // Outside of the cell's initialisation, since the hook is user code.
        if first {
            report(&Diagnostic::Overflow {
                family: self.schema.name.as_str().to_owned(),
                cap: self.cap,
            });
        }
        row
    }

    /// The cells of a call that is entered. Without outcomes the series is
    /// shown from now on, since a call may add nothing to it.
    pub(crate) fn entered(&self, values: &[&str]) -> Slot {
        let row = self.row(values);
        if !self.schema.by_outcome {
            row.show(0);
        }
        row.slot
    }

    /// The label set with these values, shown even at zero, with its outcome.
    pub(crate) fn shown(&self, values: &[&str], outcome: Outcome) -> u32 {
        let row = self.row(values);
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
        for row in rows {
            if row.slot.stride > 0 {
                all.extend(Outcome::ALL.into_iter().map(|outcome| Series {
                    values: &row.values,
                    outcome: Some(outcome.as_str()),
                    cell: row.slot.cell(outcome.index()),
                    shown: row.is_shown(outcome.index()),
                }));
            } else {
                all.push(Series {
                    values: &row.values,
                    outcome: self.schema.by_outcome.then_some(OVERFLOW),
                    cell: row.slot.first,
                    shown: row.is_shown(0),
                });
            }
        }
        all
    }

    pub(crate) fn counter(cell: u32) -> Counter {
        Counter { cell }
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
    pub(crate) values: &'a [Box<str>],
    pub(crate) outcome: Option<&'static str>,
    pub(crate) cell: u32,
    /// Served even if nothing was recorded.
    pub(crate) shown: bool,
}

mod sealed {
    use super::FamilyCore;

    /// Keeps [`Metric`](super::Metric) to the kinds that cells exist for.
    pub trait Sealed: Copy {
        fn at(family: &FamilyCore, cell: u32) -> Self;
    }

    impl Sealed for super::Counter {
        fn at(_: &FamilyCore, cell: u32) -> Self {
            FamilyCore::counter(cell)
        }
    }

    impl Sealed for super::Gauge {
        fn at(_: &FamilyCore, cell: u32) -> Self {
            FamilyCore::gauge(cell)
        }
    }

    impl Sealed for super::Histogram {
        fn at(family: &FamilyCore, cell: u32) -> Self {
            family.histogram(cell)
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
