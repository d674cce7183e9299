//! What collectors give, as part of our page.

use super::gathering::{Gathering, Id};
use super::value::{counter_value, gauge_value, untyped_value};
use crate::collect::Slot;
use crate::collect::model::{Family, Kind, Metric, Value};
use crate::diagnostics::{Diagnostic, report};
use crate::encode::Missing;
use crate::registry::Registry;
use prometheus::proto::{self, MetricFamily, MetricType};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Gathers the collectors of `registry`: callbacks, those that were added,
/// registries of the `prometheus` crate that were handed in, and that crate's
/// default one for the global registry.
///
/// They all run at once, each on its own thread; one that isn't done by the
/// deadline, panics or fails is left out. Families of one name and kind are
/// joined; a series that comes again is left out. Our own bridge in one of them
/// gives nothing. A collector that asks for a page itself gets it without the
/// families of collectors.
pub(crate) fn gather(
    registry: &Registry,
    deadline: Option<Instant>,
) -> (Vec<Family>, Vec<Missing>) {
    if Gathering::is_any() {
        return (Vec::new(), Vec::new());
    }
    ask(registry, &registry.slots(), deadline)
}

/// Gathers the callbacks and collectors of `registry` alone, for the `prometheus`
/// crate, whose registries have what is theirs.
pub(super) fn gather_own(registry: &Registry) -> Vec<Family> {
    let (families, _) = ask(registry, &registry.own_slots(), None);
    families
}

fn ask(
    registry: &Registry,
    slots: &[Arc<Slot>],
    deadline: Option<Instant>,
) -> (Vec<Family>, Vec<Missing>) {
    let mut gathered = Gathered::default();
    if slots.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let (id, limit) = (Id::of(registry), registry.collector_deadline());
    let now = Instant::now();
    // A duration that no clock reaches is as good as an hour.
    let own = now.checked_add(limit);
    let own = own.unwrap_or_else(|| now + Duration::from_hours(1));
    let until = deadline.map_or(own, |deadline| deadline.min(own));
    let asked: Vec<_> = slots.iter().map(|slot| slot.ask(id, limit)).collect();
    for (slot, ticket) in slots.iter().zip(asked) {
        let collected = ticket.and_then(|ticket| slot.wait(&ticket, until));
        let is_news = slot.is_news(collected.as_ref().err());
        match collected {
            Ok(families) => {
                if slot.is_shown(!families.is_empty()) {
                    registry.collector_succeeded(&slot.name, true);
                }
                for mut family in families {
                    if slot.own {
                        registry.qualify(&mut family);
                    }
                    gathered.add(registry, family);
                }
            }
            Err(failure) => {
                slot.is_shown(true);
                registry.collector_succeeded(&slot.name, false);
                let (name, reason) = (slot.name.clone(), failure.to_string());
                gathered.missing.push(Missing {
                    collector: name.clone(),
                    reason: reason.clone(),
                });
                if is_news {
                    report(&Diagnostic::Collector { name, reason });
                }
            }
        }
    }
    (gathered.families, gathered.missing)
}

#[derive(Default)]
struct Gathered {
    families: Vec<Family>,
    /// By name.
    index: HashMap<String, usize>,
    missing: Vec<Missing>,
}

impl Gathered {
    fn add(&mut self, registry: &Registry, family: Family) {
        let next = self.families.len();
        let index = *self.index.entry(family.name.clone()).or_insert(next);
        match self.families.get_mut(index) {
            None => self.families.push(family),
            Some(known) if known.kind == family.kind => join(known, family),
            Some(_) => registry.report_shadowed(&family.name),
        }
    }
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

#[cfg(test)]
mod tests;
