//! Families of the `prometheus` crate on the page.

use super::number;
use super::section::label;
use super::sink::PageSink;
use super::text::header;
use crate::label::LabelPairs;
use crate::registry::bridge;
use prometheus::proto::{Bucket, Metric, MetricFamily, MetricType, Summary};

/// Writes a family.
pub(super) fn write(out: &mut impl PageSink, family: &MetricFamily) {
    let kind = match family.get_field_type() {
        MetricType::COUNTER => "counter",
        MetricType::GAUGE => "gauge",
        MetricType::HISTOGRAM => "histogram",
        MetricType::SUMMARY => "summary",
        MetricType::UNTYPED => "untyped",
    };
    header(out, family.name(), family.help(), kind);
    out.text("\n");
    let mut lines = Lines { out };
    for metric in family.get_metric() {
        let pairs = metric.get_label().iter();
        let labels: LabelPairs<'_> = pairs.map(|pair| (pair.name(), pair.value())).collect();
        let sample = Sample {
            name: family.name(),
            suffix: "",
            labels: &labels,
            bound: None,
        };
        match family.get_field_type() {
            MetricType::COUNTER => lines.double(sample, bridge::counter_value(metric)),
            MetricType::GAUGE => lines.double(sample, bridge::gauge_value(metric)),
            MetricType::UNTYPED => lines.double(sample, bridge::untyped_value(metric)),
            MetricType::HISTOGRAM => lines.histogram(sample, metric),
            MetricType::SUMMARY => lines.summary(sample, metric.get_summary()),
        }
    }
}

/// The part of a sample before its value.
#[derive(Clone, Copy)]
struct Sample<'a> {
    name: &'a str,
    suffix: &'static str,
    labels: &'a LabelPairs<'a>,
    /// `le` or `quantile`.
    bound: Option<(&'static str, f64)>,
}

struct Lines<'a, S> {
    out: &'a mut S,
}

impl<S: PageSink> Lines<'_, S> {
    fn start(&mut self, sample: Sample<'_>) {
        self.out.text(sample.name);
        self.out.text(sample.suffix);
        let mut separator = '{';
        for &(name, value) in sample.labels {
            label(self.out, separator, name, value);
            separator = ',';
        }
        if let Some((name, bound)) = sample.bound {
            let mut value = String::new();
            number::double(&mut value, bound);
            label(self.out, separator, name, &value);
            separator = ',';
        }
        self.out.text(if separator == '{' { " " } else { "} " });
    }

    fn integer(&mut self, sample: Sample<'_>, value: u64) {
        self.start(sample);
        self.out.integer(value);
        self.out.text("\n");
    }

    fn double(&mut self, sample: Sample<'_>, value: f64) {
        self.start(sample);
        number::double(self.out, value);
        self.out.text("\n");
    }

    /// Writes bounded buckets, the one up to `+Inf`, sum and count.
    fn histogram(&mut self, sample: Sample<'_>, metric: &Metric) {
        let histogram = metric.get_histogram();
        let count = histogram.get_sample_count();
        let finite = |bucket: &&Bucket| bucket.upper_bound().is_finite();
        let buckets = histogram.get_bucket().iter().filter(finite);
        let buckets = buckets.map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()));
        for (bound, count) in buckets.chain([(f64::INFINITY, count)]) {
            let bucket = Sample {
                suffix: "_bucket",
                bound: Some(("le", bound)),
                ..sample
            };
            self.integer(bucket, count);
        }
        let suffix = |suffix| Sample { suffix, ..sample };
        self.double(suffix("_sum"), histogram.get_sample_sum());
        self.integer(suffix("_count"), count);
    }

    fn summary(&mut self, sample: Sample<'_>, summary: &Summary) {
        for quantile in summary.get_quantile() {
            let bound = Some(("quantile", quantile.quantile()));
            self.double(Sample { bound, ..sample }, quantile.value());
        }
        let suffix = |suffix| Sample { suffix, ..sample };
        self.double(suffix("_sum"), summary.sample_sum());
        self.integer(suffix("_count"), summary.sample_count());
    }
}
