//! Families of others on our page, in every kind that their model has.

use crate::{Made, families, page, page_of_prometheus, register, registry_with};
use integration_tests::page::Kind;
use metrics_runtime::{Metrics, Registry};
use prometheus::proto::{
    self, Bucket, Histogram, LabelPair, Metric, MetricFamily, MetricType, Quantile, Summary,
    Untyped,
};
use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntGauge, Opts};

fn family(name: &str, kind: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help("Made.".to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics);
    family
}

/// What an untyped value looks like in the text for debugging that it is read
/// from.
const DEBUG_OF_UNTYPED: &str = "untyped: Untyped { value: 99.0 }";

/// A metric with a label.
fn labelled() -> Metric {
    let mut pair = LabelPair::default();
    pair.set_name("kind".to_owned());
    pair.set_value(DEBUG_OF_UNTYPED.to_owned());
    Metric::from_label(vec![pair])
}

#[cfg_attr(
    not(feature = "protobuf"),
    expect(deprecated, reason = "the only way in")
)]
fn untyped(value: f64) -> Metric {
    let mut untyped = Untyped::default();
    untyped.set_value(value);
    let mut metric = labelled();
    #[cfg(feature = "protobuf")]
    {
        metric.untyped = Some(untyped).into();
    }
    #[cfg(not(feature = "protobuf"))]
    metric.set_untyped(untyped);
    metric
}

fn untyped_as_gauge(value: f64) -> Metric {
    let mut gauge = proto::Gauge::default();
    gauge.set_value(value);
    let mut metric = Metric::default();
    metric.set_gauge(gauge);
    metric
}

fn quantile(quantile: f64, value: f64) -> Quantile {
    let mut made = Quantile::default();
    made.set_quantile(quantile);
    made.set_value(value);
    made
}

fn summary() -> Metric {
    let mut summary = Summary::default();
    summary.set_sample_count(3);
    summary.set_sample_sum(1.5);
    summary.set_quantile(vec![quantile(0.5, 0.25), quantile(0.99, 1.0)]);
    let mut metric = labelled();
    metric.set_summary(summary);
    metric
}

/// With a bucket up to `+Inf`, which the crate's own histograms leave out.
fn histogram() -> Metric {
    let bucket = |bound, count| {
        let mut bucket = Bucket::default();
        bucket.set_upper_bound(bound);
        bucket.set_cumulative_count(count);
        bucket
    };
    let mut histogram = Histogram::default();
    histogram.set_bucket(vec![bucket(1.0, 2), bucket(f64::INFINITY, 5)]);
    histogram.set_sample_count(5);
    histogram.set_sample_sum(40.5);
    let mut metric = Metric::default();
    metric.set_histogram(histogram);
    metric
}

static MADE: Registry = Registry::new();

// Mutation: `untyped_value` keeps the labels, or reads the gauge only.
#[test]
fn every_kind_of_the_model_is_on_the_page() {
    let made = Made::new("made", || {
        vec![
            family("raw", MetricType::UNTYPED, vec![untyped(-2.5e-7)]),
            family("plain", MetricType::UNTYPED, vec![untyped_as_gauge(4.0)]),
            family("latency", MetricType::SUMMARY, vec![summary()]),
            family("sizes", MetricType::HISTOGRAM, vec![histogram()]),
        ]
    });
    let metrics = Metrics::builder()
        .registry(&MADE)
        .foreign(registry_with(made))
        .namespace("shop")
        .const_label("region", "eu")
        .build();
    let page = page(metrics.expect("the set-up is valid").registry());
    let kind = ("kind", DEBUG_OF_UNTYPED);
    assert_eq!(page.value("raw", &[kind]), Some(-2.5e-7));
    assert_eq!(page.value("plain", &[]), Some(4.0));
    let quantile = |quantile| page.value("latency", &[kind, ("quantile", quantile)]);
    assert_eq!((quantile("0.5"), quantile("0.99")), (Some(0.25), Some(1.0)));
    assert_eq!(page.value("latency_count", &[kind]), Some(3.0));
    assert_eq!(page.value("latency_sum", &[kind]), Some(1.5));
    let bucket = |bound| page.value("sizes_bucket", &[("le", bound)]);
    assert_eq!((bucket("1"), bucket("+Inf")), (Some(2.0), Some(5.0)));
    assert_eq!(page.value("sizes_count", &[]), Some(5.0));
    assert_eq!(page.value("sizes_sum", &[]), Some(40.5));
    let kinds = ["raw", "plain", "latency", "sizes"].map(|name| families(&page, name)[name].0);
    let expected = [Kind::Untyped, Kind::Untyped, Kind::Summary, Kind::Histogram];
    assert_eq!(kinds, expected);
}

static WHOLE: Registry = Registry::new();

#[test]
fn what_the_crates_own_encoder_writes_is_on_the_page() {
    let labels = [("host".to_owned(), "a".to_owned())].into();
    let foreign = prometheus::Registry::new_custom(Some("app".to_owned()), Some(labels));
    let foreign = foreign.expect("it is valid");
    let opts = Opts::new("mails_total", "Mails.").const_label("via", "smtp");
    let mails = IntCounter::with_opts(opts).expect("it is valid");
    mails.inc_by(7);
    register(&foreign, mails);
    let depth = IntGauge::new("depth", "A \\ and\na second line.").expect("it is valid");
    depth.set(-3);
    register(&foreign, depth);
    let opts = HistogramOpts::new("wait_seconds", "Waits.").buckets(vec![0.25, 1e9]);
    let waits = HistogramVec::new(opts, &["to"]).expect("it is valid");
    for to in ["b", "a"] {
        waits.with_label_values(&[to]).observe(0.5);
    }
    register(&foreign, waits);
    let metrics = Metrics::builder()
        .registry(&WHOLE)
        .foreign(foreign.clone())
        .build();
    let ours = page(metrics.expect("the set-up is valid").registry());
    let theirs = page_of_prometheus(&foreign.gather());
    assert_eq!(families(&ours, "app_"), families(&theirs, ""));
    let labels = [("via", "smtp"), ("host", "a")];
    assert_eq!(ours.value("app_mails_total", &labels), Some(7.0));
}
