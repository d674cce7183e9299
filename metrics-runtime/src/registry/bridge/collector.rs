//! Our families, for a registry of the `prometheus` crate.

use super::gathering::{Gathering, Id};
use crate::desc::Kind;
use crate::name::LabelName;
use crate::record::{FamilyCore, InProgress};
use crate::registry::Registry;
use prometheus::core::{Collector, Desc};
use prometheus::proto;

/// A registry of ours as one collector.
#[derive(Debug)]
pub(crate) struct Bridge(pub(crate) &'static Registry);

impl Collector for Bridge {
    /// None: which families there are is only known while collecting.
    fn desc(&self) -> Vec<&Desc> {
        Vec::new()
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        // Our own page has our families already.
        if Gathering::is_of(self.0) || !crate::config::recording() {
            return Vec::new();
        }
        // A page that a diagnostics hook asks for in here is one of ours alone:
        // the registry that collects holds its lock.
        let _gathering = Gathering::start(Id::of(self.0));
        crate::clock::calibrate();
        let families = self.0.gather().into_iter();
        families
            .map(|(name, family)| to_proto(name, &family, series_of(self.0, &family)))
            .collect()
    }
}

/// What a series holds.
#[derive(Clone, Debug, PartialEq)]
enum Reading {
    Counter(u64),
    Gauge(f64),
    Histogram {
        /// Counts up to each bound, `+Inf` left out.
        cumulated: Vec<(f64, u64)>,
        sum: f64,
        count: u64,
    },
}

/// Names and values of a series' labels, constant ones included.
type Labels = Vec<(String, String)>;

/// The series of a family that are on the registry's page.
fn series_of(registry: &Registry, family: &FamilyCore) -> Vec<(Labels, Reading)> {
    let schema = &family.schema;
    let owned = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let has = |name: &str| {
        let own = schema.labels.iter().any(|label| label.as_str() == name);
        own || schema.by_outcome && name == "outcome"
    };
    let constant = registry.settings().const_labels.iter();
    let constant = constant.filter(|(name, _)| schema.namespaced && !has(name));
    let constant: Labels = constant.cloned().collect();
    let series = family.series().into_iter().filter_map(|series| {
        let (reading, untouched) = match schema.kind {
            Kind::Counter => {
                let value = FamilyCore::counter(series.cell).get();
                (Reading::Counter(value), value == 0)
            }
            Kind::Gauge => {
                let value = FamilyCore::gauge(series.cell).get();
                (Reading::Gauge(value), value.to_bits() == 0)
            }
            Kind::InProgress => {
                let value = InProgress { cell: series.cell }.get();
                #[expect(clippy::cast_precision_loss, reason = "gauges are doubles there")]
                (Reading::Gauge(value as f64), value == 0)
            }
            Kind::Histogram => {
                let snapshot = family.histogram(series.cell).snapshot();
                let mut count = 0;
                let buckets = snapshot.buckets.iter().map(|own| {
                    count += own;
                    count
                });
                let counts: Vec<u64> = buckets.collect();
                let bounds = family.bounds.values().iter().copied();
                let reading = Reading::Histogram {
                    cumulated: bounds.zip(counts).collect(),
                    sum: snapshot.sum,
                    count,
                };
                (reading, count == 0)
            }
        };
        let names = schema.labels.iter().map(LabelName::as_str);
        let labels = names
            .zip(&series.values)
            .map(|(name, value)| owned(name, value));
        let outcome = series.outcome.map(|outcome| owned("outcome", outcome));
        let labels = labels.chain(outcome).chain(constant.iter().cloned());
        (series.shown || !untouched).then(|| (labels.collect(), reading))
    });
    series.collect()
}

fn to_proto(
    name: String,
    family: &FamilyCore,
    series: Vec<(Labels, Reading)>,
) -> proto::MetricFamily {
    let mut proto = proto::MetricFamily::default();
    proto.set_name(name);
    proto.set_help(family.schema.help.clone());
    proto.set_field_type(match family.schema.kind {
        Kind::Counter => proto::MetricType::COUNTER,
        Kind::Gauge | Kind::InProgress => proto::MetricType::GAUGE,
        Kind::Histogram => proto::MetricType::HISTOGRAM,
    });
    let series = series.into_iter();
    proto.set_metric(
        series
            .map(|(labels, reading)| metric(labels, reading))
            .collect(),
    );
    proto
}

fn metric(labels: Labels, reading: Reading) -> proto::Metric {
    let labels = labels.into_iter().map(|(name, value)| {
        let mut pair = proto::LabelPair::default();
        pair.set_name(name);
        pair.set_value(value);
        pair
    });
    let mut metric = proto::Metric::from_label(labels.collect());
    match reading {
        Reading::Counter(value) => {
            let mut counter = proto::Counter::default();
            #[expect(clippy::cast_precision_loss, reason = "the model holds doubles")]
            counter.set_value(value as f64);
            metric.set_counter(counter);
        }
        Reading::Gauge(value) => {
            let mut gauge = proto::Gauge::default();
            gauge.set_value(value);
            metric.set_gauge(gauge);
        }
        Reading::Histogram {
            cumulated,
            sum,
            count,
        } => {
            let buckets = cumulated.into_iter().map(|(bound, count)| {
                let mut bucket = proto::Bucket::default();
                bucket.set_upper_bound(bound);
                bucket.set_cumulative_count(count);
                bucket
            });
            let mut histogram = proto::Histogram::default();
            histogram.set_bucket(buckets.collect());
            histogram.set_sample_sum(sum);
            histogram.set_sample_count(count);
            metric.set_histogram(histogram);
        }
    }
    metric
}
