//! Families of the `prometheus` crate's registries, as part of our page.

use super::gathering::Gathering;
use super::value::{counter_value, gauge_value, untyped_value};
use crate::collect::model::{Family, Kind, Metric, Value};
use crate::diagnostics::{Diagnostic, report};
use crate::encode::Missing;
use crate::registry::{Registry, global};
use prometheus::proto::{self, MetricFamily, MetricType};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// Gathers the foreign registries of `registry`: those handed in, and the
/// `prometheus` crate's default one for the global registry.
///
/// A registry that panics is left out; its families are foreign code. Families
/// of one name and kind are joined; a series that comes again is left out. Our
/// own bridge in one of them gives nothing. Whoever asks for this page while a
/// registry is gathered on this thread gets it without foreign families.
pub(crate) fn gather(
    registry: &Registry,
    _deadline: Option<Instant>,
) -> (Vec<Family>, Vec<Missing>) {
    let mut foreign = registry.foreign();
    if std::ptr::eq(registry, global()) {
        foreign.push(prometheus::default_registry().clone());
    }
    let mut families: Vec<Family> = Vec::new();
    let mut missing = Vec::new();
    for foreign in foreign {
        let gathered = {
            let Some(_gathering) = Gathering::start(registry) else {
                return (families, missing);
            };
            catch_unwind(AssertUnwindSafe(|| foreign.gather()))
        };
        let Ok(gathered) = gathered else {
            report(&Diagnostic::ForeignPanic);
            missing.push(Missing {
                collector: "prometheus".to_owned(),
                reason: "it panicked".to_owned(),
            });
            continue;
        };
        for family in gathered.iter().map(family_of) {
            let same = |known: &&mut Family| known.name == family.name;
            match families.iter_mut().find(same) {
                None => families.push(family),
                Some(known) if known.kind == family.kind => join(known, family),
                Some(_) => registry.report_shadowed(&family.name),
            }
        }
    }
    (families, missing)
}

/// Adds the series of `other` that `family` doesn't have.
fn join(family: &mut Family, other: Family) {
    let labels = |metric: &Metric| {
        let mut pairs = metric.labels.clone();
        pairs.sort_unstable();
        pairs
    };
    let mut known: BTreeSet<_> = family.metrics.iter().map(labels).collect();
    let new = other.metrics.into_iter();
    family
        .metrics
        .extend(new.filter(|metric| known.insert(labels(metric))));
}

/// A family of the `prometheus` crate.
pub(crate) fn family_of(family: &MetricFamily) -> Family {
    let kind = match family.get_field_type() {
        MetricType::COUNTER => Kind::Counter,
        MetricType::GAUGE => Kind::Gauge,
        MetricType::HISTOGRAM => Kind::Histogram,
        MetricType::SUMMARY => Kind::Summary,
        MetricType::UNTYPED => Kind::Unknown,
    };
    let metrics = family.get_metric().iter();
    Family {
        name: family.name().to_owned(),
        help: family.help().to_owned(),
        kind,
        unit: String::new(),
        metrics: metrics.map(|metric| metric_of(metric, kind)).collect(),
    }
}

fn metric_of(metric: &proto::Metric, kind: Kind) -> Metric {
    let pairs = metric.get_label().iter();
    let pairs = pairs.map(|pair| (pair.name().to_owned(), pair.value().to_owned()));
    let timestamp = metric.timestamp_ms();
    Metric {
        labels: pairs.collect(),
        value: match kind {
            Kind::Counter => Value::Number(counter_value(metric)),
            Kind::Histogram => histogram_of(metric),
            Kind::Summary => summary_of(metric),
            Kind::Unknown => Value::Number(untyped_value(metric)),
            Kind::Gauge | Kind::Info | Kind::StateSet => Value::Number(gauge_value(metric)),
        },
        // The crate's models have no other way to say that there is none.
        timestamp: (timestamp != 0).then_some(timestamp),
        created: None,
    }
}

fn histogram_of(metric: &proto::Metric) -> Value {
    let histogram = metric.get_histogram();
    let buckets = histogram.get_bucket().iter();
    let buckets = buckets.map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()));
    Value::Histogram {
        buckets: buckets.filter(|(bound, _)| bound.is_finite()).collect(),
        sum: histogram.get_sample_sum(),
        count: histogram.get_sample_count(),
    }
}

fn summary_of(metric: &proto::Metric) -> Value {
    let summary = metric.get_summary();
    let quantiles = summary.get_quantile().iter();
    Value::Summary {
        quantiles: quantiles
            .map(|quantile| (quantile.quantile(), quantile.value()))
            .collect(),
        sum: summary.sample_sum(),
        count: summary.sample_count(),
    }
}
