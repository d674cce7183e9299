//! Families and their series, as values.

use super::SeriesValue;
use crate::collect::model::Kind;
use std::time::SystemTime;

/// The kind of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FamilyKind {
    /// A value that only rises.
    Counter,
    /// A value that rises and falls.
    Gauge,
    /// Observations counted in buckets.
    Histogram,
    /// Quantiles that were computed where they were observed.
    Summary,
    /// Labels that describe; the value is one.
    Info,
    /// States, each of which holds or doesn't.
    StateSet,
    /// Nobody has said.
    Unknown,
}

impl FamilyKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::Counter,
        Self::Gauge,
        Self::Histogram,
        Self::Summary,
        Self::Info,
        Self::StateSet,
        Self::Unknown,
    ];

    /// The word of OpenMetrics.
    ///
    /// ```
    /// assert_eq!(metrics_runtime::FamilyKind::StateSet.as_str(), "stateset");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Unknown => "unknown",
        }
    }
}

impl From<Kind> for FamilyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Counter => Self::Counter,
            Kind::Gauge => Self::Gauge,
            Kind::Histogram => Self::Histogram,
            Kind::Summary => Self::Summary,
            Kind::Info => Self::Info,
            Kind::StateSet => Self::StateSet,
            Kind::Unknown => Self::Unknown,
        }
    }
}

impl From<FamilyKind> for Kind {
    fn from(kind: FamilyKind) -> Self {
        match kind {
            FamilyKind::Counter => Self::Counter,
            FamilyKind::Gauge => Self::Gauge,
            FamilyKind::Histogram => Self::Histogram,
            FamilyKind::Summary => Self::Summary,
            FamilyKind::Info => Self::Info,
            FamilyKind::StateSet => Self::StateSet,
            FamilyKind::Unknown => Self::Unknown,
        }
    }
}

/// A family of a [`Snapshot`](super::Snapshot).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FamilySnapshot {
    /// As the text format has it: with the namespace, that of a counter with
    /// `_total`.
    pub name: String,
    /// What it counts or measures.
    pub help: String,
    /// What it is.
    pub kind: FamilyKind,
    /// The base unit that the name ends in; empty for none.
    pub unit: String,
    /// The series that are on the page.
    pub series: Vec<SeriesSnapshot>,
}

impl FamilySnapshot {
    /// The series with just these labels, in any order.
    pub fn series_with(&self, labels: &[(&str, &str)]) -> Option<&SeriesSnapshot> {
        self.series.iter().find(|series| {
            let has = |(name, value): &(&str, &str)| series.label(name) == Some(value);
            series.labels.len() == labels.len() && labels.iter().all(has)
        })
    }
}

/// A series of a family.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SeriesSnapshot {
    /// Names and values, in the order of the page.
    pub labels: Vec<(String, String)>,
    /// What it holds.
    pub value: SeriesValue,
    /// When it began to count, where that is known.
    pub created: Option<SystemTime>,
    /// Milliseconds since 1970 for which the value is, where a collector says so.
    pub timestamp_millis: Option<i64>,
}

impl SeriesSnapshot {
    /// The value of a label.
    pub fn label(&self, name: &str) -> Option<&str> {
        let mut labels = self.labels.iter();
        let found = labels.find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}
