//! What the parsers have read, in the model's terms.

use super::{Exemplar, Key, Kind, Labels, Sample, Shown, key, number, own};
use integration_tests::openmetrics;
use integration_tests::page::Page;
use integration_tests::protobuf::model::{
    self as proto, BucketSpan, Metric, MetricFamily, MetricType,
};
use metrics_runtime::Format;
use std::collections::BTreeMap;

type Read = BTreeMap<String, Shown<Sample>>;

fn bare(value: f64) -> Sample {
    Sample {
        value,
        exemplars: Vec::new(),
    }
}

/// What the own parser of the text format has read.
pub(crate) fn of_page(page: &Page) -> Read {
    let families = page.families().filter(|family| own(&family.name));
    families
        .map(|family| {
            let samples = family.samples.iter().map(|sample| {
                let key = key(&sample.name, sample.labels.clone());
                (key, bare(sample.value))
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
pub(crate) fn of_reader(families: &[openmetrics::Family]) -> Read {
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
                    let exemplar = sample.exemplar.as_ref().map(|exemplar| Exemplar {
                        labels: exemplar.labels.clone(),
                        value: exemplar.value,
                        timestamp: exemplar.timestamp,
                    });
                    let sample = Sample {
                        value: sample.value,
                        exemplars: exemplar.into_iter().collect(),
                    };
                    (key, sample)
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

/// What the decoder of protobuf has read, as the text format would show it, and
/// what is native by names that no format has.
pub(crate) fn of_protobuf(families: &[MetricFamily]) -> Read {
    let families = families.iter().filter(|family| own(family.name()));
    families
        .map(|family| {
            let kind = match family.r#type() {
                MetricType::Counter => Kind::Counter,
                MetricType::Gauge => Kind::Gauge,
                MetricType::Histogram => Kind::Histogram,
                MetricType::Summary => Kind::Summary,
                MetricType::Untyped => Kind::Unknown,
                other @ MetricType::GaugeHistogram => panic!("{other:?} is no kind of ours"),
            };
            let mut samples = BTreeMap::new();
            for metric in &family.metric {
                assert_eq!(metric.timestamp_ms, None, "nobody gave one");
                let mut add = |suffix: &str, extra: Option<(&str, String)>, sample| {
                    let key = key_of(family.name(), suffix, metric, extra);
                    assert!(samples.insert(key, sample).is_none(), "once");
                };
                add_values(metric, &mut add);
            }
            let shown = Shown {
                kind: kind.word(Format::Protobuf).to_owned(),
                help: family.help().to_owned(),
                samples,
            };
            (family.name().to_owned(), shown)
        })
        .collect()
}

fn key_of(name: &str, suffix: &str, metric: &Metric, extra: Option<(&str, String)>) -> Key {
    let labels = metric.label.iter();
    let labels = labels.map(|it| (it.name().to_owned(), it.value().to_owned()));
    let extra = extra.map(|(name, value)| (name.to_owned(), value));
    (format!("{name}{suffix}"), labels.chain(extra).collect())
}

/// Adds suffix, label of the format and value of each sample that a metric stands
/// for.
fn add_values(metric: &Metric, add: &mut impl FnMut(&str, Option<(&str, String)>, Sample)) {
    if let Some(counter) = &metric.counter {
        let sample = Sample {
            value: counter.value(),
            exemplars: counter.exemplar.iter().map(exemplar_of).collect(),
        };
        return add("", None, sample);
    }
    if let Some(value) = metric.gauge.or(metric.untyped) {
        return add("", None, bare(value.value()));
    }
    if let Some(summary) = &metric.summary {
        for pair in &summary.quantile {
            let extra = Some(("quantile", pair.quantile().to_string()));
            add("", extra, bare(pair.value()));
        }
        add("_sum", None, bare(summary.sample_sum()));
        return add("_count", None, bare(number(summary.sample_count())));
    }
    let histogram = metric.histogram.as_ref().expect("there is no other kind");
    let mut has_last = false;
    for bucket in &histogram.bucket {
        let sample = Sample {
            value: number(bucket.cumulative_count()),
            exemplars: bucket.exemplar.iter().map(exemplar_of).collect(),
        };
        has_last |= bucket.upper_bound() == f64::INFINITY;
        add(
            "_bucket",
            Some(("le", bucket.upper_bound().to_string())),
            sample,
        );
    }
    let count = bare(number(histogram.sample_count()));
    // Producers may leave out the bucket up to infinity; the decoder has checked
    // it where it is.
    if !has_last {
        add(
            "_bucket",
            Some(("le", f64::INFINITY.to_string())),
            count.clone(),
        );
    }
    add("_sum", None, bare(histogram.sample_sum()));
    add("_count", None, count);
    if let Some(schema) = histogram.schema {
        let sample = Sample {
            value: schema.into(),
            exemplars: histogram.exemplars.iter().map(exemplar_of).collect(),
        };
        add("#schema", None, sample);
        add("#zero_threshold", None, bare(histogram.zero_threshold()));
        add("#zero_count", None, bare(number(histogram.zero_count())));
        let positive = keys(&histogram.positive_span, &histogram.positive_delta);
        let negative = keys(&histogram.negative_span, &histogram.negative_delta);
        for (sign, buckets) in [("+", positive), ("-", negative)] {
            for (key, count) in buckets {
                let extra = Some(("#key", format!("{sign}{key}")));
                add("#bucket", extra, bare(number(count)));
            }
        }
    }
}

/// Keys and counts of buckets; the decoder has checked that there are as many of
/// both.
fn keys(spans: &[BucketSpan], deltas: &[i64]) -> Vec<(i32, u64)> {
    let mut end = 0;
    let keys = spans.iter().flat_map(|span| {
        let first = end + span.offset();
        end = first + i32::try_from(span.length()).expect("it is small");
        first..end
    });
    let counts = deltas.iter().scan(0, |count, delta| {
        *count += delta;
        Some(u64::try_from(*count).expect("the decoder has checked it"))
    });
    keys.zip(counts).collect()
}

fn exemplar_of(exemplar: &proto::Exemplar) -> Exemplar {
    let labels = exemplar.label.iter();
    let labels: Labels = labels
        .map(|it| (it.name().to_owned(), it.value().to_owned()))
        .collect();
    let seconds = |at: proto::Timestamp| {
        let seconds = i32::try_from(at.seconds).expect("it is before 2038");
        f64::from(seconds) + f64::from(at.nanos) / 1e9
    };
    Exemplar {
        labels,
        value: exemplar.value(),
        timestamp: exemplar.timestamp.map(seconds),
    }
}
