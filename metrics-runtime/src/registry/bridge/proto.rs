//! Families in the model of the `prometheus` crate.

use crate::collect::model::{Family, Kind, Metric, Value};
use prometheus::proto;

/// A family of the `prometheus` crate.
///
/// Infos and state sets are gauges there, as in the text format. So is a value of
/// unknown kind: that crate's encoder panics at its own untyped one.
pub(super) fn to_proto(family: Family) -> proto::MetricFamily {
    let mut proto = proto::MetricFamily::default();
    proto.set_field_type(match family.kind {
        Kind::Counter => proto::MetricType::COUNTER,
        Kind::Histogram => proto::MetricType::HISTOGRAM,
        Kind::Summary => proto::MetricType::SUMMARY,
        Kind::Gauge | Kind::Info | Kind::StateSet | Kind::Unknown => proto::MetricType::GAUGE,
    });
    let mut metrics = Vec::with_capacity(family.metrics.len());
    for mut metric in family.metrics {
        match std::mem::replace(&mut metric.value, Value::States(Vec::new())) {
            Value::States(states) => metrics.extend(states.into_iter().map(|(state, holds)| {
                let mut one = bare(&metric, Some((&family.name, &state)));
                set_gauge(&mut one, f64::from(u8::from(holds)));
                one
            })),
            value => {
                let mut one = bare(&metric, None);
                set_value(&mut one, family.kind, value);
                metrics.push(one);
            }
        }
    }
    proto.set_name(family.name);
    proto.set_help(family.help);
    proto.set_metric(metrics);
    proto
}

/// A metric without a value.
fn bare(metric: &Metric, extra: Option<(&str, &str)>) -> proto::Metric {
    let labels = metric.labels.iter();
    let labels = labels.map(|(name, value)| (&**name, &**value));
    let labels = labels.chain(extra).map(|(name, value)| {
        let mut pair = proto::LabelPair::default();
        pair.set_name(name.to_owned());
        pair.set_value(value.to_owned());
        pair
    });
    let mut bare = proto::Metric::from_label(labels.collect());
    if let Some(timestamp) = metric.timestamp {
        bare.set_timestamp_ms(timestamp);
    }
    bare
}

fn set_gauge(metric: &mut proto::Metric, value: f64) {
    let mut gauge = proto::Gauge::default();
    gauge.set_value(value);
    metric.set_gauge(gauge);
}

fn set_value(metric: &mut proto::Metric, kind: Kind, value: Value) {
    match value {
        Value::Number(value) if kind == Kind::Counter => {
            let mut counter = proto::Counter::default();
            counter.set_value(value);
            metric.set_counter(counter);
        }
        Value::Number(value) => set_gauge(metric, value),
        Value::Histogram {
            buckets,
            sum,
            count,
        } => {
            let buckets = buckets.into_iter().map(|(bound, count)| {
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
        Value::Summary {
            quantiles,
            sum,
            count,
        } => {
            let quantiles = quantiles.into_iter().map(|(quantile, value)| {
                let mut pair = proto::Quantile::default();
                pair.set_quantile(quantile);
                pair.set_value(value);
                pair
            });
            let mut summary = proto::Summary::default();
            summary.set_quantile(quantiles.collect());
            summary.set_sample_sum(sum);
            summary.set_sample_count(count);
            metric.set_summary(summary);
        }
        // Each state is a metric of its own, made above.
        Value::States(_) => {}
    }
}
