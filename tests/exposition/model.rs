//! What a registry's pages must hold, kept a second time.

use integration_tests::openmetrics;
use integration_tests::page::Page;
use integration_tests::protobuf::model::{Metric, MetricFamily, MetricType};
use std::collections::BTreeMap;

/// Labels, by name.
pub(crate) type Labels = BTreeMap<String, String>;

/// A sample's name, and its labels with `le` as a number's shortest text.
type Key = (String, Labels);

/// A family as one of the formats shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shown {
    pub(crate) kind: String,
    pub(crate) help: String,
    pub(crate) samples: BTreeMap<Key, Number>,
}

/// The families of a page, by name.
pub(crate) type Families = BTreeMap<String, Shown>;

/// A number; all that aren't one are the same, and so are both zeros, which are
/// one to Prometheus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number(pub(crate) f64);

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        let same = self.0.total_cmp(&other.0).is_eq();
        same || self.0.is_nan() && other.0.is_nan() || self.0 == 0.0 && other.0 == 0.0
    }
}

/// What is in a registry.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) families: Vec<Family>,
}

/// A family of the registry.
#[derive(Debug)]
pub(crate) struct Family {
    /// As the text format has it.
    pub(crate) name: String,
    pub(crate) help: String,
    pub(crate) kind: &'static str,
    pub(crate) series: Vec<(Labels, Value)>,
}

#[derive(Debug)]
pub(crate) enum Value {
    Number(f64),
    Histogram {
        bounds: Vec<f64>,
        observed: Vec<f64>,
    },
}

impl Model {
    /// What the text format shows.
    pub(crate) fn text(&self) -> Families {
        let families = self.families.iter();
        families
            .filter(|family| !family.series.is_empty())
            .map(|family| (family.name.clone(), family.shown()))
            .collect()
    }

    /// What OpenMetrics shows: counters are named without `_total`, and a
    /// histogram has neither sum nor count where a bound or the sum is negative
    /// (O11 to O13).
    pub(crate) fn openmetrics(&self) -> Families {
        let mut families = Families::new();
        for family in self
            .families
            .iter()
            .filter(|family| !family.series.is_empty())
        {
            let mut shown = family.shown();
            for (labels, value) in &family.series {
                if !value.has_plain_sum() {
                    for suffix in ["_sum", "_count"] {
                        let key = (format!("{}{suffix}", family.name), labels.clone());
                        shown.samples.remove(&key);
                    }
                }
            }
            families.insert(openmetrics_name(family), shown);
        }
        families
    }
}

fn openmetrics_name(family: &Family) -> String {
    let stem = family.name.strip_suffix("_total");
    stem.filter(|_| family.kind == "counter")
        .unwrap_or(&family.name)
        .to_owned()
}

impl Value {
    fn has_plain_sum(&self) -> bool {
        match self {
            Self::Number(_) => true,
            Self::Histogram { bounds, observed } => {
                let sum: f64 = observed.iter().sum();
                bounds.iter().all(|bound| *bound >= 0.0) && sum >= 0.0
            }
        }
    }
}

impl Family {
    fn shown(&self) -> Shown {
        let mut samples = BTreeMap::new();
        for (labels, value) in &self.series {
            let mut add = |suffix: &str, le: Option<f64>, value: f64| {
                let name = format!("{}{suffix}", self.name);
                let key = (name, with_bound(labels, le));
                assert!(samples.insert(key, Number(value)).is_none(), "once");
            };
            match value {
                Value::Number(value) => add("", None, *value),
                Value::Histogram { bounds, observed } => {
                    let up_to = |bound: f64| {
                        let count = observed.iter().filter(|value| **value <= bound).count();
                        f64::from(u32::try_from(count).expect("it is small"))
                    };
                    let count = up_to(f64::INFINITY);
                    for bound in bounds.iter().copied().chain([f64::INFINITY]) {
                        add("_bucket", Some(bound), up_to(bound));
                    }
                    add("_sum", None, observed.iter().sum());
                    add("_count", None, count);
                }
            }
        }
        Shown {
            kind: self.kind.to_owned(),
            help: self.help.clone(),
            samples,
        }
    }
}

fn with_bound(labels: &Labels, bound: Option<f64>) -> Labels {
    let mut labels = labels.clone();
    if let Some(bound) = bound {
        let taken = labels.insert("le".to_owned(), bound.to_string());
        assert_eq!(taken, None, "`le` belongs to buckets");
    }
    labels
}

/// Leaves out what the toolkit says about itself.
fn own(name: &str) -> bool {
    !name.starts_with("metrics_")
}

fn key(sample: &str, mut labels: Labels) -> Key {
    if sample.ends_with("_bucket")
        && let Some(le) = labels.get_mut("le")
    {
        let bound: f64 = le.parse().expect("`le` is a number");
        *le = bound.to_string();
    }
    (sample.to_owned(), labels)
}

/// What the own parser of the text format has read.
pub(crate) fn of_page(page: &Page) -> Families {
    let families = page.families().filter(|family| own(&family.name));
    families
        .map(|family| {
            let samples = family.samples.iter().map(|sample| {
                let key = key(&sample.name, sample.labels.clone());
                (key, Number(sample.value))
            });
            let shown = Shown {
                kind: family.kind.to_string(),
                help: family.help.clone().unwrap_or_default(),
                samples: samples.collect(),
            };
            (family.name.clone(), shown)
        })
        .collect()
}

/// What the reference parser has read, without creation times.
pub(crate) fn of_reader(families: &[openmetrics::Family]) -> Families {
    let families = families.iter().filter(|family| own(&family.name));
    families
        .map(|family| {
            let created = format!("{}_created", family.name);
            let samples = family.samples.iter();
            let samples = samples
                .filter(|sample| sample.name != created)
                .map(|sample| {
                    assert_eq!(sample.timestamp, None, "nobody gave one");
                    let key = key(&sample.name, sample.labels.clone());
                    (key, Number(sample.value))
                });
            let shown = Shown {
                kind: family.kind.clone(),
                help: family.help.clone(),
                samples: samples.collect(),
            };
            (family.name.clone(), shown)
        })
        .collect()
}

/// What the decoder of protobuf has read, as the text format would show it.
pub(crate) fn of_protobuf(families: &[MetricFamily]) -> Families {
    let families = families.iter().filter(|family| own(family.name()));
    families
        .map(|family| {
            let kind = match family.r#type() {
                MetricType::Counter => "counter",
                MetricType::Gauge => "gauge",
                MetricType::Histogram => "histogram",
                other => panic!("{other:?} is no kind of ours"),
            };
            let mut samples = BTreeMap::new();
            for metric in &family.metric {
                assert_eq!(metric.timestamp_ms, None, "nobody gave one");
                for (suffix, le, value) in values(metric) {
                    let labels = with_bound(&labels(metric), le);
                    let key = (format!("{}{suffix}", family.name()), labels);
                    assert!(samples.insert(key, Number(value)).is_none(), "once");
                }
            }
            let shown = Shown {
                kind: kind.to_owned(),
                help: family.help().to_owned(),
                samples,
            };
            (family.name().to_owned(), shown)
        })
        .collect()
}

fn labels(metric: &Metric) -> Labels {
    let labels = metric.label.iter();
    labels
        .map(|label| (label.name().to_owned(), label.value().to_owned()))
        .collect()
}

/// Suffix, bound and number of each sample that a metric stands for.
fn values(metric: &Metric) -> Vec<(&'static str, Option<f64>, f64)> {
    if let Some(counter) = &metric.counter {
        return vec![("", None, counter.value())];
    }
    if let Some(gauge) = &metric.gauge {
        return vec![("", None, gauge.value())];
    }
    let histogram = metric.histogram.as_ref().expect("there is no other kind");
    assert_eq!(histogram.schema, None, "nobody asked for a native one");
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let number = |count: u64| count as f64;
    let finite = histogram.bucket.iter();
    let finite = finite.filter(|bucket| bucket.upper_bound().is_finite());
    let mut values: Vec<_> = finite
        .map(|it| {
            (
                "_bucket",
                Some(it.upper_bound()),
                number(it.cumulative_count()),
            )
        })
        .collect();
    // Producers may leave out the bucket up to infinity; the decoder has checked
    // it where it is.
    let count = number(histogram.sample_count());
    values.push(("_bucket", Some(f64::INFINITY), count));
    values.push(("_sum", None, histogram.sample_sum()));
    values.push(("_count", None, count));
    values
}

/// Asserts that a page has what it must, and nothing else; with one difference
/// in the message instead of all of both pages.
pub(crate) fn compare(read: &Families, expected: &Families, page: &[u8]) {
    if read == expected {
        return;
    }
    let page = String::from_utf8_lossy(page);
    let names: Vec<_> = read.keys().collect();
    assert_eq!(names, expected.keys().collect::<Vec<_>>(), "{page}");
    for (name, expected) in expected {
        let read = &read[name];
        assert_eq!(read.kind, expected.kind, "{name}\n{page}");
        assert_eq!(read.help, expected.help, "{name}\n{page}");
        for (key, value) in &expected.samples {
            let found = read.samples.get(key);
            assert_eq!(found, Some(value), "{key:?}\n{page}");
        }
        let more = read.samples.keys();
        let more: Vec<_> = more
            .filter(|key| !expected.samples.contains_key(key))
            .collect();
        assert!(more.is_empty(), "{more:?} are too much\n{page}");
    }
}
