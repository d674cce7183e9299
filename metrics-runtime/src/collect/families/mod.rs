//! Families as a collector builds them: only what is valid gets in.

mod error;
mod kind;

pub use error::CollectError;

use super::clash::clash;
use super::inline::Labels;
use super::model::{Family, Kind, Metric, Value};
use super::rule::{check_family, check_labels, check_value, sorted};
use crate::name::{MetricName, NameError};
use std::collections::{HashMap, HashSet};

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
    /// Adds a series, unless there was a mistake before.
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

#[cfg(test)]
mod tests {
    use super::{CollectError, Families};

    fn error(give: impl FnOnce(&mut Families)) -> CollectError {
        let mut families = Families::default();
        give(&mut families);
        families.finish().expect_err("it isn't valid")
    }

    // L2, for those who give numbers; one of our own counters takes unsigned integers
    // alone. Mutation: a counter may hold any number.
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
            (
                |f| f.summary("a", "A.", &[], &[(0.9, 1.0), (0.5, 1.0)], 0.0, 2),
                "quantiles",
            ),
            (|f| f.state_set("a", "A.", &[], &[]), "at least one"),
            (
                |f| f.state_set("__a", "A.", &[], &[("x", true)]),
                "`__a` is reserved",
            ),
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

    // O18: given again, its samples would stand on both sides of another's.
    // Mutations: `merge` takes a series twice; it compares labels in the order that
    // they are given in.
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
