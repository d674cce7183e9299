//! Descriptions that were checked.

use super::{Closed, Desc, DescError, Kind, Remote, Unit};
use crate::name::{LabelName, MetricName};
use crate::native::NativeBuckets;
use crate::record::{Shape, classic_bounds};

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

/// Bounds that a histogram may have: its cells lie in one chunk of 512.
pub(super) const MOST_BUCKETS: usize = 500;

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
    use super::Schema;
    use crate::desc::{Desc, DescError, Kind};

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
