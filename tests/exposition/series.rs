//! The series that a page must come to in Prometheus.

use crate::model::{Buckets, Exemplar, Family, Key, Labels, Model, Rule, Value, Wanted, key};
use integration_tests::prometheus;
use metrics_runtime::Format;
use std::collections::{BTreeMap, BTreeSet};

/// Sum, and bounds and counts of the buckets.
type Native = (f64, Vec<(f64, f64, u64)>);

/// What is left to be found.
pub(crate) struct Series {
    format: Format,
    pub(crate) plain: BTreeMap<Key, Wanted>,
    pub(crate) native: BTreeMap<Key, Native>,
    /// Series with exemplars, and those that they may have.
    exemplars: BTreeMap<Key, Vec<Exemplar>>,
    /// Of these series, one must be found.
    without_exemplar: BTreeSet<Key>,
}

impl Series {
    pub(crate) fn new(model: &Model, format: Format) -> Self {
        let mut series = Self {
            format,
            plain: BTreeMap::new(),
            native: BTreeMap::new(),
            exemplars: BTreeMap::new(),
            without_exemplar: BTreeSet::new(),
        };
        let families = model.expected(format);
        for (key, number) in families.into_values().flat_map(|family| family.samples) {
            let key = stored(key);
            if key.0.contains('#') {
                continue;
            }
            series.plain.insert(key.clone(), number.value);
            match number.exemplars {
                Rule::None => {}
                Rule::One(candidates) => {
                    series.without_exemplar.insert(key.clone());
                    series.exemplars.insert(key, candidates);
                }
                Rule::AtMost(_, candidates) => {
                    series.exemplars.insert(key, candidates);
                }
            }
        }
        if format == Format::Protobuf {
            for family in &model.families {
                series.make_native(family);
            }
        }
        series
    }

    /// Of a native histogram the server takes nothing else.
    fn make_native(&mut self, family: &Family) {
        for (labels, value) in &family.series {
            let Value::Observed { buckets, observed } = value else {
                continue;
            };
            let Buckets::Native(native) = buckets else {
                continue;
            };
            let own = |name: &str, labels: &Labels| stored((name.to_owned(), labels.clone()));
            let whole = own(&family.name, labels);
            let bucket = format!("{}_bucket", family.name);
            self.plain.retain(|(name, labels), _| {
                let without_bound = |labels: &Labels| {
                    let mut labels = labels.clone();
                    labels.remove("le");
                    labels
                };
                *name != bucket || without_bound(labels) != whole.1
            });
            for suffix in ["_sum", "_count"] {
                let name = format!("{}{suffix}", family.name);
                self.plain.remove(&own(&name, labels));
            }
            let sum = observed.iter().map(|it| it.value).sum();
            let exemplars = observed.iter().filter_map(|it| {
                Some(Exemplar {
                    labels: it.exemplar.clone()?,
                    value: it.value,
                    timestamp: None,
                })
            });
            self.exemplars.insert(whole.clone(), exemplars.collect());
            self.native
                .insert(whole, (sum, native.read(observed).bounds()));
        }
    }

    /// What a series must be; none for a time of creation.
    pub(crate) fn take_plain(&mut self, labels: Labels) -> Option<Wanted> {
        let key = found(labels);
        if self.format == Format::OpenMetrics && key.0.ends_with("_created") {
            return None;
        }
        let wanted = self.plain.remove(&key);
        Some(wanted.unwrap_or_else(|| panic!("{key:?} was on no page")))
    }

    pub(crate) fn take_native(&mut self, labels: Labels) -> Native {
        let key = found(labels);
        let wanted = self.native.remove(&key);
        wanted.unwrap_or_else(|| panic!("{key:?} was on no page"))
    }

    pub(crate) fn take_exemplar(&mut self, given: &prometheus::Exemplar) {
        let key = found(given.series.clone());
        let shown = Exemplar {
            labels: without_empty(given.labels.clone()),
            value: given.value,
            timestamp: Some(given.timestamp),
        };
        let candidates = self.exemplars.get(&key);
        let mut candidates = candidates.into_iter().flatten();
        let known = candidates.any(|candidate| {
            let mut labels = without_empty(candidate.labels.clone());
            if self.format == Format::OpenMetrics {
                // Prometheus (2.42) keeps escapes in exemplars as they are.
                let escaped = |text: &String| {
                    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
                    text.replace('\n', "\\n")
                };
                for value in labels.values_mut() {
                    *value = escaped(value);
                }
            }
            let candidate = Exemplar {
                labels,
                ..candidate.clone()
            };
            candidate.is_shown_as(&shown)
        });
        assert!(known && shown.is_recent(), "{given:?} was on no page");
        self.without_exemplar.remove(&key);
    }

    /// Asserts that everything was found.
    pub(crate) fn assert_taken(&self, path: &str) {
        let (plain, native) = (self.plain.keys().next(), self.native.keys().next());
        let exemplar = self.without_exemplar.first();
        let missing = (plain, native, exemplar);
        assert_eq!(missing, (None, None, None), "missing of {path}");
    }
}

/// To Prometheus an empty label is none.
fn without_empty(mut labels: Labels) -> Labels {
    labels.retain(|_, value| !value.is_empty());
    labels
}

fn stored((name, labels): Key) -> Key {
    (name, without_empty(labels))
}

/// A series without the labels of its target; `job` may be the page's own.
fn found(mut labels: Labels) -> Key {
    let name = labels.remove("__name__").unwrap_or_default();
    labels.remove("instance");
    if labels.get("job").is_some_and(|job| job == "page") {
        labels.remove("job");
    }
    key(&name, labels)
}
