//! A family of a profile, added up when the page is made.

#[cfg(test)]
mod tests;

use super::database::Databases;
use super::kept::Kept;
use super::labelled::Labelled;
use super::rule::{Rule, Source, Take, is};
use crate::collect::model::{Family, Kind, Metric, Value};
use crate::desc::Desc;
use crate::record::FamilyCore;
use crate::registry::bridge::read_series;
use std::collections::BTreeMap;

/// The values of the rule's labels, and what was added up.
type Sums = BTreeMap<Vec<String>, Value>;

/// The family that these make together; `None` if it has no series.
pub(super) fn project(
    rule: &Rule,
    families: &[impl AsRef<FamilyCore>],
    databases: &Databases<'_>,
) -> Option<Family> {
    let find = |desc: &Desc| {
        let mut families = families.iter().map(AsRef::as_ref);
        families.find(|family| is(desc, &family.schema))
    };
    let mut sums = Sums::new();
    // Held for the whole: pages that are made at once agree on who has given way.
    let mut kept = Kept::lock();
    for source in rule.sources {
        let Some(family) = find(source.desc) else {
            continue;
        };
        let gives_way = source.unless.is_some_and(|(desc, labels)| {
            find(desc).is_some_and(|family| {
                let series = family.series();
                let mut series = series
                    .iter()
                    .map(|series| Labelled::new(family, series, &[]));
                series.any(|series| series.has(labels))
            })
        });
        let adding = Adding {
            rule,
            source,
            databases,
            gives_way,
        };
        adding.add(family, &mut kept, &mut sums);
    }
    drop(kept);
    let metric = |(values, value): (Vec<String>, Value)| {
        let names = rule.labels.iter().map(|(name, _)| (*name).to_owned());
        Metric {
            labels: names.zip(values).collect(),
            value,
            timestamp: None,
            created: None,
        }
    };
    let metrics: Vec<Metric> = sums.into_iter().map(metric).collect();
    let unit = match rule.kind {
        Kind::Histogram => "seconds",
        _ => "",
    };
    (!metrics.is_empty()).then(|| Family {
        name: rule.name.to_owned(),
        help: rule.help.to_owned(),
        kind: rule.kind,
        unit: unit.to_owned(),
        metrics,
    })
}

/// A source that is added to a family of the profile.
struct Adding<'a> {
    rule: &'a Rule,
    source: &'a Source,
    databases: &'a Databases<'a>,
    /// Another source has taken the place of all its series.
    gives_way: bool,
}

impl Adding<'_> {
    fn add(&self, family: &FamilyCore, kept: &mut Kept, sums: &mut Sums) {
        let Self {
            rule,
            source,
            databases,
            gives_way,
        } = *self;
        for series in family.series() {
            let labels = Labelled::new(family, &series, source.with);
            let (value, touched) = read_series(family, series.cell);
            if !(series.shown || touched) || !labels.is_wanted(source.which) {
                continue;
            }
            let value = match source.take {
                Take::Value => value,
                Take::Count => Value::Number(count_of(&value)),
                Take::Zero => Value::Number(0.0),
            };
            let gives_way = gives_way || labels.gives_way(source.which, databases);
            let value = match value {
                Value::Number(number) if source.may_give_way() => kept
                    .value(series.cell, number, gives_way)
                    .map(Value::Number),
                value => (!gives_way).then_some(value),
            };
            let Some(value) = value else {
                continue;
            };
            let values = rule.labels.iter();
            let values = values.map(|(_, origin)| labels.value_of(*origin, databases));
            let values: Vec<String> = values.collect();
            match sums.get_mut(&values) {
                Some(sum) => add(sum, value),
                None => {
                    sums.insert(values, value);
                }
            }
        }
    }
}

/// The observations of a histogram; those of anything else are none.
fn count_of(value: &Value) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "the model holds doubles")]
    match value {
        Value::Histogram { count, .. } => *count as f64,
        _ => 0.0,
    }
}

/// Adds a value to one of its kind; histograms of one family have the same bounds.
fn add(sum: &mut Value, value: Value) {
    match (sum, value) {
        (Value::Number(sum), Value::Number(value)) => *sum += value,
        (
            Value::Histogram {
                buckets,
                sum,
                count,
            },
            Value::Histogram {
                buckets: other_buckets,
                sum: other_sum,
                count: other_count,
            },
        ) => {
            for ((_, all), (_, other)) in buckets.iter_mut().zip(other_buckets) {
                *all += other;
            }
            *sum += other_sum;
            *count += other_count;
        }
        _ => {}
    }
}
