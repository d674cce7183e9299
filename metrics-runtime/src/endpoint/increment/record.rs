//! What an item is checked against, and how it is recorded.

use super::item::Item;
use crate::builtin::custom::{CUSTOM_METRIC_CURRENT, CUSTOM_METRIC_TOTAL};
use crate::desc::Kind;
use crate::outcome::Outcome;
use crate::record::{FamilyCore, at};
use crate::{Counter, Gauge, Histogram, Registry};
use std::collections::HashMap;
use std::sync::Arc;

/// Longest label value in bytes.
pub(in crate::endpoint) const LONGEST_VALUE: usize = 1_024;

/// The families that may be recorded into, by their names with and without the
/// namespace.
pub(in crate::endpoint) type Families = HashMap<String, Arc<FamilyCore>>;

/// Makes the families that are there for this alone.
pub(in crate::endpoint) fn declare_own(registry: &Registry) {
    registry.builtin(&CUSTOM_METRIC_TOTAL);
    registry.builtin(&CUSTOM_METRIC_CURRENT);
}

/// The families that the registry's declarations have opened.
pub(in crate::endpoint) fn families(registry: &Registry) -> Families {
    let mut families = registry.gather();
    families.retain(|(_, family)| family.schema.remote.is_some());
    let own = families.iter().map(|(_, family)| {
        let name = family.schema.name.as_str().to_owned();
        (name, Arc::clone(family))
    });
    let own: Vec<_> = own.collect();
    // Its own name goes before another's with the namespace.
    families.into_iter().chain(own).collect()
}

/// Why an item isn't recorded.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum RecordError {
    #[error(
        "there is no metric of this name that takes values from elsewhere; mark it `#[remote]`"
    )]
    Metric,
    #[error("the label `{0}` is missing; name all labels of the metric")]
    MissingLabel(String),
    #[error("the metric has {0} labels and no others; leave out the rest")]
    TooManyLabels(usize),
    #[error("the value of the label `{0}` isn't one of its set")]
    LabelValue(String),
    #[error("the value of the label `{0}` is longer than {LONGEST_VALUE} bytes; shorten it")]
    LongLabel(String),
    #[error("this metric needs a `value`")]
    NoValue,
    #[error("the value is below zero, and this metric never falls")]
    Negative,
    #[error("the value isn't whole, and a counter counts")]
    Fraction,
    #[error("the value isn't a finite number, or is larger than {0}")]
    Step(f64),
}

/// What is recorded, of which nothing can go wrong any more.
#[derive(Debug)]
pub(super) struct Recording {
    family: Arc<FamilyCore>,
    values: Vec<String>,
    amount: Amount,
}

#[derive(Debug)]
enum Amount {
    Count(u64),
    Change(f64),
    Observation(f64),
}

/// Checks an item; no series is made.
pub(super) fn check(
    families: &Families,
    item: &Item,
    largest_step: f64,
) -> Result<Recording, RecordError> {
    let family = families.get(&item.metric).ok_or(RecordError::Metric)?;
    let remote = family.schema.remote.ok_or(RecordError::Metric)?;
    let labels = &family.schema.labels;
    let mut values = Vec::with_capacity(labels.len());
    for (label, allowed) in labels.iter().zip(remote) {
        let name = || label.as_str().to_owned();
        let mut given = item.labels.0.iter();
        let given = given.find(|(given, _)| given == label.as_str());
        let (_, value) = given.ok_or_else(|| RecordError::MissingLabel(name()))?;
        if value.len() > LONGEST_VALUE {
            return Err(RecordError::LongLabel(name()));
        }
        if allowed.is_some_and(|allowed| !allowed.contains(&value.as_str())) {
            return Err(RecordError::LabelValue(name()));
        }
        values.push(value.clone());
    }
    if item.labels.0.len() != labels.len() {
        return Err(RecordError::TooManyLabels(labels.len()));
    }
    Ok(Recording {
        amount: amount(family.schema.kind, item.value, largest_step)?,
        family: Arc::clone(family),
        values,
    })
}

fn amount(kind: Kind, value: Option<f64>, largest_step: f64) -> Result<Amount, RecordError> {
    let value = match (kind, value) {
        (Kind::Histogram, None) => return Err(RecordError::NoValue),
        (_, value) => value.unwrap_or(1.0),
    };
    // NaN is neither.
    if !(value.is_finite() && value.abs() <= largest_step) {
        return Err(RecordError::Step(largest_step));
    }
    // Minus zero is what a mistake makes of a number.
    let falls = value.is_sign_negative() && (kind != Kind::Gauge || value == 0.0);
    if falls {
        return Err(RecordError::Negative);
    }
    match kind {
        Kind::Counter if value.fract() == 0.0 => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number from zero on; beyond 2^64 it is that"
            )]
            let count = value as u64;
            Ok(Amount::Count(count))
        }
        Kind::Counter => Err(RecordError::Fraction),
        Kind::Gauge => Ok(Amount::Change(value)),
        Kind::Histogram => Ok(Amount::Observation(value)),
        // The macro refuses it.
        Kind::InProgress => Err(RecordError::Metric),
    }
}

impl Recording {
    pub(super) fn apply(&self) {
        let values: Vec<&str> = self.values.iter().map(String::as_str).collect();
        let family = &self.family;
        match self.amount {
            Amount::Count(count) => at::<Counter>(family, &values, Outcome::Ok).inc_by(count),
            Amount::Change(change) => at::<Gauge>(family, &values, Outcome::Ok).add(change),
            Amount::Observation(value) => {
                at::<Histogram>(family, &values, Outcome::Ok).observe(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Amount, RecordError, amount};
    use crate::desc::Kind;

    // S13. Mutations: the step isn't looked at; minus zero is let through; a fraction is
    // cut off.
    #[test]
    fn values_are_what_their_kind_takes() {
        let of = |kind, value| amount(kind, Some(value), 100.0);
        assert!(matches!(of(Kind::Counter, 100.0), Ok(Amount::Count(100))));
        assert!(matches!(
            amount(Kind::Counter, None, 100.0),
            Ok(Amount::Count(1))
        ));
        assert!(matches!(of(Kind::Gauge, -2.5), Ok(Amount::Change(_))));
        assert!(matches!(
            of(Kind::Histogram, 0.0),
            Ok(Amount::Observation(_))
        ));
        let error = |kind, value| of(kind, value).expect_err("it is refused");
        for kind in [Kind::Counter, Kind::Gauge, Kind::Histogram] {
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 101.0, 1e300] {
                assert_eq!(error(kind, value), RecordError::Step(100.0), "{value}");
            }
            assert_eq!(error(kind, -0.0), RecordError::Negative);
        }
        assert_eq!(error(Kind::Counter, -1.0), RecordError::Negative);
        assert_eq!(error(Kind::Histogram, -1.0), RecordError::Negative);
        assert_eq!(error(Kind::Counter, 0.5), RecordError::Fraction);
        let none = amount(Kind::Histogram, None, 100.0);
        assert_eq!(none.expect_err("it is refused"), RecordError::NoValue);
    }
}
