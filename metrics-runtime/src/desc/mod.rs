//! What a family is: its name, help, kind, labels and buckets.

mod error;
mod kind;
mod schema;
mod unit;

pub use error::DescError;
pub use kind::Kind;
pub(crate) use schema::Schema;
pub(crate) use unit::Unit;

use crate::native::NativeBuckets;

/// Upper bounds of buckets from five milliseconds to ten seconds: the defaults
/// of Prometheus' client libraries, in seconds.
pub const DEFAULT_BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The values of each label of a family, in the order of the labels.
pub(crate) type Closed = &'static [&'static [&'static str]];

/// The values that each label may have from elsewhere, in the order of the labels;
/// none where it takes any.
pub(crate) type Remote = &'static [Option<&'static [&'static str]>];

/// The constant description of a family, as it stands in a call site.
#[derive(Clone, Copy, Debug)]
pub struct Desc {
    /// Stands before `name`, with an underscore between.
    pub(crate) prefix: &'static str,
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    /// The unit that the name ends in, as OpenMetrics has it.
    pub(crate) base_unit: Option<&'static str>,
    /// Names of the labels, without `outcome`.
    pub(crate) labels: &'static [&'static str],
    /// The series of each label set are split by the label `outcome`.
    pub(crate) by_outcome: bool,
    /// Upper bounds without `+Inf`.
    pub(crate) buckets: &'static [f64],
    /// In the place of `buckets`.
    pub(crate) native: Option<NativeBuckets>,
    /// The values of each label, if all are closed sets.
    pub(crate) closed: Option<Closed>,
    /// The most series, if not the default.
    pub(crate) cap: Option<usize>,
    /// A family of the application, which the namespace goes before.
    pub(crate) namespaced: bool,
    /// It may be recorded into over HTTP.
    pub(crate) remote: Option<Remote>,
}

impl Desc {
    const fn new(
        kind: Kind,
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
    ) -> Self {
        Self {
            prefix: "",
            name,
            help,
            kind,
            unit: Unit::Value,
            base_unit: None,
            labels,
            by_outcome: false,
            buckets: &[],
            native: None,
            closed: None,
            cap: None,
            namespaced: true,
            remote: None,
        }
    }

    /// A counter.
    #[must_use]
    pub const fn counter(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
    ) -> Self {
        Self::new(Kind::Counter, name, help, labels)
    }

    /// A gauge.
    #[must_use]
    pub const fn gauge(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
    ) -> Self {
        Self::new(Kind::Gauge, name, help, labels)
    }

    /// A gauge of what is in progress.
    #[must_use]
    pub const fn in_progress(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
    ) -> Self {
        Self::new(Kind::InProgress, name, help, labels)
    }

    /// A histogram of values with the default buckets.
    #[must_use]
    pub const fn histogram(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
    ) -> Self {
        let mut desc = Self::new(Kind::Histogram, name, help, labels);
        desc.buckets = DEFAULT_BUCKETS;
        desc
    }

    /// A histogram of durations with the default buckets.
    #[must_use]
    pub const fn duration(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
    ) -> Self {
        let mut desc = Self::new(Kind::Histogram, name, help, labels);
        desc.unit = Unit::Seconds;
        desc.buckets = DEFAULT_BUCKETS;
        desc
    }

    /// Splits the series by the label `outcome`.
    #[must_use]
    pub const fn by_outcome(mut self) -> Self {
        self.by_outcome = true;
        self
    }

    /// Replaces the buckets.
    #[must_use]
    pub const fn buckets(mut self, buckets: &'static [f64]) -> Self {
        self.buckets = buckets;
        self
    }

    /// Makes it a native histogram, as [`NativeBuckets::new`] has it.
    #[must_use]
    pub const fn native(mut self, factor: f64, max: u32) -> Self {
        self.native = Some(NativeBuckets::unchecked(factor, max));
        self
    }

    /// Says that each label has these values and no others.
    #[must_use]
    pub const fn closed(mut self, values: Closed) -> Self {
        self.closed = Some(values);
        self
    }

    /// Replaces the limit of series.
    #[must_use]
    pub const fn cap(mut self, cap: usize) -> Self {
        self.cap = Some(cap);
        self
    }

    /// Says which base unit the name ends in.
    #[must_use]
    pub const fn base_unit(mut self, unit: &'static str) -> Self {
        self.base_unit = Some(unit);
        self
    }

    /// Puts `prefix` and an underscore before the name.
    #[must_use]
    pub const fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    /// Replaces the labels, `outcome` aside.
    #[must_use]
    pub const fn labels(mut self, labels: &'static [&'static str]) -> Self {
        self.labels = labels;
        self
    }

    /// Lets it be recorded into over HTTP, with these values of each label, or any
    /// where there are none.
    #[must_use]
    pub const fn remote(mut self, values: Remote) -> Self {
        self.remote = Some(values);
        self
    }

    /// Keeps the namespace away: a family of the toolkit about itself.
    pub(crate) const fn about_itself(mut self) -> Self {
        self.namespaced = false;
        self
    }

    /// The name with its prefix.
    pub(crate) fn full_name(&self) -> String {
        if self.prefix.is_empty() {
            self.name.to_owned()
        } else {
            format!("{}_{}", self.prefix, self.name)
        }
    }
}
