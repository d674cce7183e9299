//! What a family is: its name, help, kind, labels and buckets.

use crate::name::{LabelName, MetricName, NameError};
use crate::native::NativeBuckets;
use crate::record::{Shape, classic_bounds};

/// The kind of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A value that only rises.
    Counter,
    /// A value that rises and falls.
    Gauge,
    /// Observations counted in buckets.
    Histogram,
    /// A gauge of what runs, counted by its starts and ends.
    InProgress,
}

impl Kind {
    /// What tells the kind apart from all others.
    const fn name(self) -> &'static str {
        match self {
            Self::InProgress => "gauge of what is in progress",
            Self::Counter | Self::Gauge | Self::Histogram => self.as_str(),
        }
    }

    /// The word of the exposition formats, which know no more than three.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge | Self::InProgress => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// What the cells of a histogram hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Durations, kept as integer nanoseconds and exposed in seconds.
    Seconds,
    /// Any value, kept as a double.
    Value,
}

impl Unit {
    /// The sum that a slab's cell and another one make.
    pub(crate) fn add(self, sum: u64, cell: u64) -> u64 {
        match self {
            Self::Seconds => sum.wrapping_add(cell),
            Self::Value => (f64::from_bits(sum) + f64::from_bits(cell)).to_bits(),
        }
    }

    /// A sum as it is served.
    pub(crate) fn value(self, sum: u64) -> f64 {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a double of seconds is what the formats hold"
            )]
            Self::Seconds => sum as f64 / 1e9,
            Self::Value => f64::from_bits(sum),
        }
    }
}

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

/// A checked description that a registry holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Schema {
    pub(crate) name: MetricName,
    pub(crate) help: String,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    /// The unit that the name ends in, for OpenMetrics.
    pub(crate) base_unit: Option<&'static str>,
    pub(crate) labels: Vec<LabelName>,
    pub(crate) by_outcome: bool,
    /// Of a native histogram those of the formats that know none.
    pub(crate) buckets: Vec<f64>,
    pub(crate) native: Option<NativeBuckets>,
    pub(crate) closed: Option<Closed>,
    pub(crate) cap: Option<usize>,
    pub(crate) namespaced: bool,
    pub(crate) remote: Option<Remote>,
}

/// Why a description can't become a family.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DescError {
    /// A name breaks a rule.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The help text is empty.
    #[error("`{family}` has no help text; say what it counts or measures")]
    NoHelp {
        /// The family's name.
        family: String,
    },
    /// A label is named twice.
    #[error("the label `{label}` stands twice; name each label once")]
    DuplicateLabel {
        /// The label in question.
        label: String,
    },
    /// The bounds aren't rising numbers.
    #[error("buckets must be rising finite numbers, at least one; got {bounds:?}")]
    Buckets {
        /// The bounds as given.
        bounds: Vec<f64>,
    },
    /// The buckets of a native histogram aren't possible.
    #[error(
        "native buckets have a finite factor above 1, and from 1 to 500 buckets; got {factor} and {max}"
    )]
    NativeBuckets {
        /// The factor as given.
        factor: f64,
        /// The most buckets as given.
        max: u32,
    },
    /// The series of so many buckets wouldn't fit into the cells of a chunk.
    #[error("a histogram has at most {MOST_BUCKETS} buckets; got {given}")]
    TooManyBuckets {
        /// How many bounds were given.
        given: usize,
    },
}

/// Bounds that a histogram may have: its cells lie in one chunk of 512.
const MOST_BUCKETS: usize = 500;

/// Bounds must be finite, rising and not empty; `+Inf` is implied.
fn check_buckets(bounds: &[f64]) -> Result<(), DescError> {
    if bounds.len() > MOST_BUCKETS {
        return Err(DescError::TooManyBuckets {
            given: bounds.len(),
        });
    }
    let rising = bounds.is_sorted_by(|before, bound| before < bound);
    if !bounds.is_empty() && rising && bounds.iter().all(|bound| bound.is_finite()) {
        Ok(())
    } else {
        Err(DescError::Buckets {
            bounds: bounds.to_vec(),
        })
    }
}

impl Schema {
    /// Checks a description that was made at run time.
    pub(crate) fn new(
        kind: Kind,
        name: &str,
        help: &str,
        labels: &[&str],
        buckets: &[f64],
    ) -> Result<Self, DescError> {
        let name = MetricName::new(name, kind)?;
        if help.trim().is_empty() {
            let family = name.as_str().to_owned();
            return Err(DescError::NoHelp { family });
        }
        let mut checked = Vec::with_capacity(labels.len());
        for label in labels {
            let label = LabelName::new(label)?;
            if checked.contains(&label) {
                let label = label.as_str().to_owned();
                return Err(DescError::DuplicateLabel { label });
            }
            checked.push(label);
        }
        if kind == Kind::Histogram {
            check_buckets(buckets)?;
        }
        Ok(Self {
            name,
            help: help.to_owned(),
            kind,
            unit: Unit::Value,
            base_unit: None,
            labels: checked,
            by_outcome: false,
            buckets: buckets.to_vec(),
            native: None,
            closed: None,
            cap: None,
            namespaced: true,
            remote: None,
        })
    }

    /// Checks a description of a native histogram of values that was made at run
    /// time.
    pub(crate) fn native(
        name: &str,
        help: &str,
        labels: &[&str],
        buckets: NativeBuckets,
    ) -> Result<Self, DescError> {
        let bounds = classic_bounds(Unit::Value);
        let mut schema = Self::new(Kind::Histogram, name, help, labels, bounds)?;
        schema.native = Some(buckets.checked()?);
        Ok(schema)
    }

    /// What the series of a native histogram have in common.
    pub(crate) fn shape(&self) -> Option<Shape> {
        self.native.map(|native| Shape {
            schema: native.schema(),
            max: native.max,
            unit: self.unit,
        })
    }

    /// Durations are in seconds whoever declares them; OpenMetrics takes the
    /// unit of a family only if its name ends in it.
    fn unit_of_durations(&self) -> Option<&'static str> {
        let named = self.name.as_str().ends_with("_seconds");
        (self.unit == Unit::Seconds && named).then_some("seconds")
    }

    /// What differs from `other`, with both values; `None` when nothing does.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        let names = |schema: &Self| {
            let mut names: Vec<_> = schema.labels.iter().map(LabelName::to_string).collect();
            names.extend(schema.by_outcome.then(|| "outcome".to_owned()));
            names
        };
        let native = |schema: &Self| {
            schema.native.map_or_else(
                || format!("{:?}", schema.buckets),
                |NativeBuckets { factor, max }| format!("native(factor = {factor}, max = {max})"),
            )
        };
        if self.kind != other.kind {
            let (ours, theirs) = (self.kind.name(), other.kind.name());
            Some(format!("kind {ours} against {theirs}"))
        } else if names(self) != names(other) {
            Some(format!(
                "labels {:?} against {:?}",
                names(self),
                names(other)
            ))
        } else if self.by_outcome != other.by_outcome {
            Some("the label `outcome` is filled in by the toolkit in one of them".to_owned())
        } else if self.native != other.native {
            let (ours, theirs) = (native(self), native(other));
            Some(format!("buckets {ours} against {theirs}"))
        } else if self.buckets != other.buckets {
            Some(format!(
                "buckets {:?} against {:?}",
                self.buckets, other.buckets
            ))
        } else if self.base_unit != other.base_unit {
            let unit = |schema: &Self| schema.base_unit.map_or("none", |unit| unit);
            Some(format!("unit {} against {}", unit(self), unit(other)))
        } else if self.unit != other.unit {
            Some(format!("unit {:?} against {:?}", self.unit, other.unit))
        } else if self.remote.is_some() != other.remote.is_some() {
            Some("`#[remote]` stands on one of them alone".to_owned())
        } else if self.help != other.help {
            Some(format!("help {:?} against {:?}", self.help, other.help))
        } else {
            None
        }
    }
}

impl TryFrom<&Desc> for Schema {
    type Error = DescError;

    fn try_from(desc: &Desc) -> Result<Self, DescError> {
        let mut schema = Self::new(
            desc.kind,
            &desc.full_name(),
            desc.help,
            desc.labels,
            match desc.native {
                Some(_) => classic_bounds(desc.unit),
                None => desc.buckets,
            },
        )?;
        schema.native = desc.native.map(NativeBuckets::checked).transpose()?;
        schema.unit = desc.unit;
        schema.base_unit = desc.base_unit.or_else(|| schema.unit_of_durations());
        schema.by_outcome = desc.by_outcome;
        schema.closed = desc.closed;
        schema.cap = desc.cap;
        schema.namespaced = desc.namespaced;
        schema.remote = desc.remote;
        Ok(schema)
    }
}

#[cfg(test)]
mod tests {
    use super::{Desc, DescError, Kind, Schema};

    #[test]
    fn refuses_more_buckets_than_fit() {
        let bounds: Vec<f64> = (0..=500).map(f64::from).collect();
        let make =
            |bounds: &[f64]| Schema::new(Kind::Histogram, "size_bytes", "Sizes.", &[], bounds);
        assert!(make(&bounds[1..]).is_ok());
        assert_eq!(make(&bounds), Err(DescError::TooManyBuckets { given: 501 }));
    }

    #[test]
    fn refuses_buckets_that_do_not_rise() {
        for bounds in [
            &[][..],
            &[1.0, 1.0],
            &[2.0, 1.0],
            &[f64::NAN],
            &[f64::INFINITY],
        ] {
            let made = Schema::new(Kind::Histogram, "a", "A.", &[], bounds);
            assert!(matches!(made, Err(DescError::Buckets { .. })), "{bounds:?}");
        }
    }

    #[test]
    fn refuses_a_label_twice() {
        let made = Schema::new(Kind::Gauge, "a", "A.", &["x", "x"], &[]);
        assert!(matches!(made, Err(DescError::DuplicateLabel { .. })));
    }

    #[test]
    fn durations_are_in_seconds_where_their_name_says_so() {
        let unit = |desc: Desc| Schema::try_from(&desc).expect("it is valid").base_unit;
        assert_eq!(
            unit(Desc::duration("wait_seconds", "W.", &[])),
            Some("seconds")
        );
        assert_eq!(unit(Desc::duration("wait", "W.", &[])), None);
        assert_eq!(unit(Desc::histogram("wait_seconds", "W.", &[])), None);
        let bytes = Desc::gauge("used_bytes", "U.", &[]).base_unit("bytes");
        assert_eq!(unit(bytes), Some("bytes"));
    }

    #[test]
    fn a_difference_is_told_with_both_values() {
        const PLAIN: Desc = Desc::counter("a_total", "A.", &[]);
        let schema = |desc: &Desc| Schema::try_from(desc).expect("the description is valid");
        let cases = [
            (
                Desc::counter("a_total", "A.", &["x"]),
                r#"labels [] against ["x"]"#,
            ),
            (
                Desc::counter("a_total", "B.", &[]),
                r#"help "A." against "B.""#,
            ),
            (PLAIN.by_outcome(), r#"labels [] against ["outcome"]"#),
            (PLAIN.base_unit("bytes"), "unit none against bytes"),
            (
                PLAIN.native(1.5, 9),
                "buckets [] against native(factor = 1.5, max = 9)",
            ),
        ];
        for (other, expected) in cases {
            let difference = schema(&PLAIN).difference(&schema(&other));
            assert_eq!(difference.as_deref(), Some(expected));
        }
        assert_eq!(schema(&PLAIN).difference(&schema(&PLAIN)), None);
    }
}
