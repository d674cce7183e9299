//! The rules for families that aren't kept in cells.

use super::families::CollectError;
use super::inline::Labels;
use super::model::{Kind, Value};
use crate::desc;
use crate::name::{LabelName, MetricName, check_info_name};
use std::collections::HashSet;

/// Checks the name and the help text of a family.
pub(crate) fn check_family(kind: Kind, name: &str, help: &str) -> Result<(), CollectError> {
    match kind {
        Kind::Counter => MetricName::new(name, desc::Kind::Counter).map(drop)?,
        Kind::Info => check_info_name(name)?,
        Kind::StateSet => {
            MetricName::new(name, desc::Kind::Gauge)?;
            // The label of its states has this name too.
            LabelName::new(name)?;
        }
        Kind::Gauge | Kind::Histogram | Kind::Summary | Kind::Unknown => {
            MetricName::new(name, desc::Kind::Gauge).map(drop)?;
        }
    }
    if help.trim().is_empty() {
        let family = name.to_owned();
        return Err(CollectError::NoHelp { family });
    }
    Ok(())
}

/// The rule that a value breaks, of those in the `OpenMetrics` specification's
/// section on metric types.
pub(super) fn check_value(value: &Value, kind: Kind) -> Result<(), &'static str> {
    let rule = |holds: bool, rule| holds.then_some(()).ok_or(rule);
    match value {
        Value::Number(value) => rule(
            // Neither negative nor NaN.
            kind != Kind::Counter || *value >= 0.0,
            "that of a counter is a number from zero on",
        ),
        Value::Histogram {
            buckets,
            sum,
            count,
        } => {
            let bounds = buckets.iter().map(|(bound, _)| *bound);
            let counts = buckets.iter().map(|(_, count)| *count).chain([*count]);
            rule(
                bounds.clone().all(f64::is_finite) && bounds.is_sorted_by(|a, b| a < b),
                "the bounds of a histogram are finite and rise",
            )?;
            rule(
                counts.is_sorted(),
                "the buckets of a histogram are counted up to the number of all observations",
            )?;
            rule(!sum.is_nan(), "the sum of a histogram is a number")
        }
        Value::Summary { quantiles, sum, .. } => {
            let quantiles = quantiles.iter().map(|(quantile, _)| *quantile);
            rule(
                quantiles.clone().all(|q| (0.0..=1.0).contains(&q))
                    && quantiles.is_sorted_by(|a, b| a < b),
                "the quantiles of a summary rise from zero to one",
            )?;
            rule(!sum.is_nan(), "the sum of a summary is a number")
        }
        Value::States(states) => {
            let mut names = HashSet::new();
            let each_once = states.iter().all(|(state, _)| names.insert(state));
            rule(
                each_once && !states.is_empty(),
                "a state set has at least one state, and each one once",
            )
        }
    }
}

/// Checks the labels of a series.
pub(crate) fn check_labels(
    family: &str,
    kind: Kind,
    labels: &[(&str, &str)],
) -> Result<Labels, CollectError> {
    let mut names = HashSet::new();
    if kind == Kind::StateSet {
        // The label of the states themselves.
        names.insert(family);
    }
    for (name, _) in labels {
        LabelName::new(name)?;
        if !names.insert(name) {
            return Err(CollectError::DuplicateLabel {
                family: family.to_owned(),
                label: (*name).to_owned(),
            });
        }
    }
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Ok(labels.iter().map(owned).collect())
}

/// Labels by name, to be compared.
pub(super) fn sorted(labels: &Labels) -> Labels {
    let mut labels = labels.clone();
    labels.sort_unstable();
    labels
}
