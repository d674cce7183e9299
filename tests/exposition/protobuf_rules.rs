//! The rules of the protobuf format.

use integration_tests::protobuf;
use integration_tests::protobuf::model::{Metric, MetricFamily, MetricType};
use metrics_runtime::{Format, Registry};
use std::time::{SystemTime, UNIX_EPOCH};

fn metrics(registry: &Registry, family: &str) -> (MetricType, Vec<Metric>) {
    let page = registry.encode(Format::Protobuf);
    let families = protobuf::read(&page).expect("the page is valid");
    let family = families.into_iter().find(|it| it.name() == family);
    let family = family.expect("the family is there");
    (family.r#type(), family.metric)
}

fn registry() -> Registry {
    let registry = Registry::new();
    let made = registry.counter_family("calls_total", "Calls.", ["path"]);
    made.expect("it is valid").with(["é\0\n"]).inc_by(300);
    let sizes = registry.histogram("size", "Sizes.", &[0.5, 2.0]);
    let sizes = sizes.expect("it is valid");
    sizes.observe(0.5);
    sizes.observe(3.0);
    registry.gauge("depth", "D.").expect("it is valid").set(0.0);
    registry
}

// P1, P2. Mutation: a length in one byte; a field's number off by one.
#[test]
fn a_counter_is_what_was_counted() {
    let (kind, metrics) = metrics(&registry(), "calls_total");
    assert_eq!((kind, metrics.len()), (MetricType::Counter, 1));
    let label = &metrics[0].label[0];
    assert_eq!((label.name(), label.value()), ("path", "é\0\n"));
    let counter = metrics[0].counter.as_ref();
    assert_eq!(
        counter.map(|it| it.value().to_string()).as_deref(),
        Some("300")
    );
}

// P1. Mutation: zero is left out, as in proto3.
#[test]
fn zeros_are_written() {
    let (kind, metrics) = metrics(&registry(), "depth");
    assert_eq!(kind, MetricType::Gauge);
    let value = metrics[0].gauge.and_then(|gauge| gauge.value);
    assert_eq!(value.map(f64::to_bits), Some(0));
}

// P1. Mutation: the buckets aren't cumulated.
#[test]
fn buckets_are_cumulative() {
    let (kind, metrics) = metrics(&registry(), "size");
    assert_eq!(kind, MetricType::Histogram);
    let histogram = metrics[0].histogram.as_ref().expect("it is one");
    assert_eq!(histogram.sample_count(), 2);
    assert_eq!(histogram.sample_sum().to_string(), "3.5");
    let counts: Vec<_> = histogram
        .bucket
        .iter()
        .map(|it| (it.upper_bound().to_string(), it.cumulative_count()))
        .filter(|(bound, _)| bound != "inf")
        .collect();
    assert_eq!(counts, [("0.5".to_owned(), 1), ("2".to_owned(), 1)]);
    assert_eq!(histogram.schema, None, "nobody asked for a native one");
}

// The creation time, which P1's model has. Mutation: seconds are milliseconds.
#[test]
fn counters_and_histograms_say_when_they_began() {
    let registry = registry();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("it is after 1970").as_secs();
    let now = i64::try_from(now).expect("it is before the end of time");
    let counter = metrics(&registry, "calls_total").1.remove(0).counter;
    let histogram = metrics(&registry, "size").1.remove(0).histogram;
    for created in [
        counter.and_then(|it| it.created_timestamp),
        histogram.and_then(|it| it.created_timestamp),
    ] {
        let created = created.expect("there is a creation time");
        assert!(
            (now - 86_400..=now).contains(&created.seconds),
            "{created:?}"
        );
        assert!((0..1_000_000_000).contains(&created.nanos), "{created:?}");
    }
}

// A page of a registry is its families, one message each. Mutation: one message
// around all.
#[test]
fn each_family_is_a_message() {
    let page = registry().encode(Format::Protobuf);
    let families = protobuf::read(&page).expect("the page is valid");
    let names: Vec<_> = families.iter().map(MetricFamily::name).collect();
    let own = |name: &&&str| !name.starts_with("metrics_");
    let names: Vec<_> = names.iter().filter(own).copied().collect();
    assert_eq!(names, ["calls_total", "depth", "size"]);
}
