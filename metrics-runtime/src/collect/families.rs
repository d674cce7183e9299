//! Families as a collector builds them: only what is valid gets in.

use super::clash::clash;
use super::inline::{Labels, check_labels, sorted};
use super::model::{Family, Kind, Metric, Value};
use crate::desc;
use crate::name::{MetricName, NameError, check_info_name};
use std::collections::{HashMap, HashSet};

/// What a collector gave isn't valid.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
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
    #[error("`{family}` has the label `{label}` twice; name each label once")]
    DuplicateLabel {
        /// The family's name.
        family: String,
        /// The label in question.
        label: String,
    },
    /// A series is given twice.
    #[error("`{family}` has two series with the labels {labels:?}; give each one once")]
    DuplicateSeries {
        /// The family's name.
        family: String,
        /// Its labels, by name.
        labels: Vec<(String, String)>,
    },
    /// A family is given again, with another kind or help text.
    #[error("`{family}` is given with two kinds or help texts; give it the same ones")]
    Differs {
        /// The family's name.
        family: String,
    },
    /// Two families have samples of one name.
    #[error("`{family}` and `{other}` have samples of the same name; rename one of them")]
    Clash {
        /// The family's name.
        family: String,
        /// The one before it.
        other: String,
    },
    /// A value that the family's kind can't have.
    #[error("a value of `{family}` isn't valid: {expected}")]
    Value {
        /// The family's name.
        family: String,
        /// The rule that it breaks.
        expected: &'static str,
    },
}

/// The families that a [`Collector`](super::Collector) gives.
///
/// Each method adds one series to the family of its name, which it begins if
/// there is none. What isn't valid is a failure of the collector, whose families
/// are then left out, all of them; the methods go on, so that a collector need
/// not look.
///
/// ```
/// # use metrics_runtime::{Collector, Families, Registry};
/// # struct Disk;
/// # impl Collector for Disk {
/// #     fn name(&self) -> &str { "disk" }
/// #     fn collect(&self, families: &mut Families) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// families
///     .counter("disk_reads_total", "Reads.", &[("disk", "a")], 7.0)
///     .counter("disk_reads_total", "Reads.", &[("disk", "b")], 0.0)
///     .gauge("disk_used_bytes", "Space in use.", &[("disk", "a")], 4096.0)
///     .histogram("disk_read_bytes", "Sizes.", &[], &[(512.0, 3), (4096.0, 6)], 16384.0, 7);
/// #         Ok(())
/// #     }
/// # }
/// # let registry = Registry::new();
/// # registry.add_collector(Disk).expect("the name is free");
/// # let page = registry.to_text();
/// # assert!(page.contains("disk_reads_total{disk=\"b\"} 0\n"), "{page}");
/// # assert!(page.contains("disk_read_bytes_bucket{le=\"+Inf\"} 7\n"), "{page}");
/// ```
#[derive(Debug, Default)]
pub struct Families {
    list: Vec<Family>,
    known: HashMap<String, Known>,
    /// The first mistake.
    error: Option<CollectError>,
}

#[derive(Debug)]
struct Known {
    index: usize,
    series: HashSet<Labels>,
}

impl Families {
    /// Adds a counter, whose name ends in `_total` and whose value is a number
    /// from zero on.
    pub fn counter(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        value: f64,
    ) -> &mut Self {
        self.add(Kind::Counter, name, help, labels, Value::Number(value))
    }

    /// Adds a gauge.
    pub fn gauge(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        value: f64,
    ) -> &mut Self {
        self.add(Kind::Gauge, name, help, labels, Value::Number(value))
    }

    /// Adds a value of which nobody knows whether it may fall.
    pub fn unknown(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        value: f64,
    ) -> &mut Self {
        self.add(Kind::Unknown, name, help, labels, Value::Number(value))
    }

    /// Adds an info, whose name ends in `_info` and whose value is one.
    pub fn info(&mut self, name: &str, help: &str, labels: &[(&str, &str)]) -> &mut Self {
        self.add(Kind::Info, name, help, labels, Value::Number(1.0))
    }

    /// Adds a histogram: finite upper bounds, rising, and the observations up to
    /// each; the sum and the number of all.
    pub fn histogram(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        buckets: &[(f64, u64)],
        sum: f64,
        count: u64,
    ) -> &mut Self {
        let buckets = buckets.to_vec();
        let value = Value::Histogram {
            buckets,
            sum,
            count,
        };
        self.add(Kind::Histogram, name, help, labels, value)
    }

    /// Adds a summary: rising quantiles from zero to one and their values; the
    /// sum and the number of all observations.
    pub fn summary(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        quantiles: &[(f64, f64)],
        sum: f64,
        count: u64,
    ) -> &mut Self {
        let quantiles = quantiles.to_vec();
        let value = Value::Summary {
            quantiles,
            sum,
            count,
        };
        self.add(Kind::Summary, name, help, labels, value)
    }

    /// Adds a state set: each state, and whether it holds.
    pub fn state_set(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        states: &[(&str, bool)],
    ) -> &mut Self {
        let states = states.iter();
        let states = states.map(|(state, holds)| ((*state).to_owned(), *holds));
        let value = Value::States(states.collect());
        self.add(Kind::StateSet, name, help, labels, value)
    }

    fn add(
        &mut self,
        kind: Kind,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        value: Value,
    ) -> &mut Self {
        if self.error.is_none() {
            let added = check_family(kind, name, help)
                .and_then(|()| check_labels(name, kind, labels))
                .and_then(|labels| self.push(kind, name, help, labels, value));
            self.error = added.err();
        }
        self
    }

    fn push(
        &mut self,
        kind: Kind,
        name: &str,
        help: &str,
        labels: Labels,
        value: Value,
    ) -> Result<(), CollectError> {
        let metric = Metric {
            labels,
            value,
            timestamp: None,
            created: None,
        };
        let family = Family {
            name: name.to_owned(),
            help: help.to_owned(),
            kind,
            unit: String::new(),
            metrics: vec![metric],
        };
        self.merge(family)
    }

    /// Takes a family as it is, whose names are another library's concern, if it
    /// can be served.
    pub(super) fn adopt(&mut self, family: Family) -> Result<(), CollectError> {
        let charset = |name: &str| NameError::Charset {
            name: name.to_owned(),
        };
        // Colons are theirs to use.
        let plain = family.name.replace(':', "_");
        MetricName::identifier(&plain).map_err(|_| charset(&family.name))?;
        for metric in &family.metrics {
            let labels = metric.labels.iter();
            let labels: Vec<_> = labels.map(|(name, value)| (&**name, &**value)).collect();
            check_labels(&family.name, family.kind, &labels)?;
        }
        self.merge(family)
    }

    fn merge(&mut self, family: Family) -> Result<(), CollectError> {
        let name = family.name.clone();
        for metric in &family.metrics {
            check_value(&metric.value, family.kind).map_err(|expected| CollectError::Value {
                family: name.clone(),
                expected,
            })?;
        }
        let index = self.list.len();
        let known = self.known.entry(name.clone()).or_insert_with(|| Known {
            index,
            series: HashSet::new(),
        });
        for metric in &family.metrics {
            let labels = sorted(&metric.labels);
            if known.series.contains(&labels) {
                let family = name;
                return Err(CollectError::DuplicateSeries { family, labels });
            }
            known.series.insert(labels);
        }
        match self.list.get_mut(known.index) {
            None => self.list.push(family),
            Some(own) if own.kind == family.kind && own.help == family.help => {
                own.metrics.extend(family.metrics);
            }
            Some(_) => return Err(CollectError::Differs { family: name }),
        }
        Ok(())
    }

    /// All families, if everything was valid.
    pub(super) fn finish(self) -> Result<Vec<Family>, CollectError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut before: HashMap<&str, Kind> = HashMap::new();
        for family in &self.list {
            let kind_of = |name: &str| before.get(name).copied();
            if let Some(other) = clash(&family.name, family.kind, kind_of) {
                let family = family.name.clone();
                return Err(CollectError::Clash { family, other });
            }
            before.insert(&family.name, family.kind);
        }
        Ok(self.list)
    }
}

pub(crate) fn check_family(kind: Kind, name: &str, help: &str) -> Result<(), CollectError> {
    match kind {
        Kind::Counter => MetricName::new(name, desc::Kind::Counter).map(drop)?,
        Kind::Info => check_info_name(name)?,
        Kind::Gauge | Kind::Histogram | Kind::Summary | Kind::StateSet | Kind::Unknown => {
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
fn check_value(value: &Value, kind: Kind) -> Result<(), &'static str> {
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

#[cfg(test)]
mod tests {
    use super::{CollectError, Families};

    fn error(give: impl FnOnce(&mut Families)) -> CollectError {
        let mut families = Families::default();
        give(&mut families);
        families.finish().expect_err("it isn't valid")
    }

    #[test]
    fn what_is_not_valid_is_an_error() {
        type Give = fn(&mut Families) -> &mut Families;
        let gives: &[(Give, &str)] = &[
            (|f| f.gauge("a-b", "A.", &[], 0.0), "not a valid name"),
            (|f| f.counter("a", "A.", &[], 0.0), "_total"),
            (|f| f.gauge("a_sum", "A.", &[], 0.0), "_sum"),
            (|f| f.info("a", "A.", &[]), "_info"),
            (|f| f.gauge("a", " ", &[], 0.0), "no help text"),
            (|f| f.gauge("a", "A.", &[("le", "1")], 0.0), "`le`"),
            (
                |f| f.gauge("a", "A.", &[("quantile", "1")], 0.0),
                "`quantile`",
            ),
            (
                |f| f.gauge("a", "A.", &[("x", "1"), ("x", "2")], 0.0),
                "`x` twice",
            ),
            (
                |f| f.counter("a_total", "A.", &[], f64::NAN),
                "from zero on",
            ),
            (|f| f.counter("a_total", "A.", &[], -1.0), "from zero on"),
            (
                |f| f.histogram("a", "A.", &[], &[(2.0, 1), (1.0, 2)], 0.0, 2),
                "rise",
            ),
            (
                |f| f.histogram("a", "A.", &[], &[(f64::INFINITY, 2)], 0.0, 2),
                "finite",
            ),
            (
                |f| f.histogram("a", "A.", &[], &[(1.0, 3)], 0.0, 2),
                "counted up",
            ),
            (|f| f.histogram("a", "A.", &[], &[], f64::NAN, 2), "sum"),
            (
                |f| f.summary("a", "A.", &[], &[(1.5, 1.0)], 0.0, 2),
                "quantiles",
            ),
            (
                |f| f.summary("a", "A.", &[], &[(f64::NAN, 1.0)], 0.0, 2),
                "quantiles",
            ),
            (|f| f.state_set("a", "A.", &[], &[]), "at least one"),
            (
                |f| f.state_set("a", "A.", &[], &[("x", true), ("x", false)]),
                "each one once",
            ),
            (
                |f| f.state_set("a", "A.", &[("a", "1")], &[("x", true)]),
                "`a` twice",
            ),
        ];
        for (give, expected) in gives {
            let text = error(|families| {
                give(families);
            })
            .to_string();
            assert!(text.contains(expected), "{text} has no {expected}");
        }
    }

    // Mutation: `merge` compares labels in the order that they are given in.
    #[test]
    fn a_series_stands_once_however_its_labels_are_ordered() {
        let error = error(|families| {
            families
                .gauge("a", "A.", &[("x", "1"), ("y", "2")], 0.0)
                .gauge("a", "A.", &[("x", "2"), ("y", "1")], 0.0)
                .gauge("a", "A.", &[("y", "2"), ("x", "1")], 0.0);
        });
        assert!(matches!(error, CollectError::DuplicateSeries { .. }));
    }

    #[test]
    fn families_agree_with_themselves_and_each_other() {
        let differs = error(|families| {
            families
                .gauge("a", "A.", &[], 0.0)
                .gauge("a", "B.", &[], 0.0);
        });
        assert!(matches!(differs, CollectError::DuplicateSeries { .. }));
        let differs = error(|families| {
            let other = [("x", "1")];
            families
                .gauge("a", "A.", &[], 0.0)
                .unknown("a", "A.", &other, 0.0);
        });
        assert!(matches!(differs, CollectError::Differs { .. }));
        let clash = error(|families| {
            families
                .gauge("a", "A.", &[], 0.0)
                .counter("a_total", "A.", &[], 0.0);
        });
        let (family, other) = ("a_total".to_owned(), "a".to_owned());
        assert_eq!(clash, CollectError::Clash { family, other });
    }

    // Mutation: a mistake is forgotten by the next call.
    #[test]
    fn one_mistake_is_enough() {
        let error = error(|families| {
            families.gauge("a", "", &[], 0.0).gauge("b", "B.", &[], 0.0);
        });
        assert!(matches!(error, CollectError::NoHelp { .. }));
    }
}
