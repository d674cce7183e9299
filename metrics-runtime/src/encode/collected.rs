//! Families of collectors on the page, as text.

use super::sink::{PageSink, Sink};
use super::spelling::label;
use super::text::header;
use super::{number, openmetrics};
use crate::collect::model::{Family, Kind, Metric, Value};

/// Writes a family in OpenMetrics (`OM`) or in the text format, version 0.0.4.
pub(super) fn write<const OM: bool>(out: &mut impl PageSink, family: &Family) {
    let (kind, word) = match family.kind {
        Kind::Counter if OM && !family.metrics.iter().all(is_total) => (Kind::Unknown, "unknown"),
        Kind::Counter => (Kind::Counter, "counter"),
        Kind::Gauge => (Kind::Gauge, "gauge"),
        Kind::Histogram => (Kind::Histogram, "histogram"),
        Kind::Summary => (Kind::Summary, "summary"),
        Kind::Info => (Kind::Info, if OM { "info" } else { "gauge" }),
        Kind::StateSet => (Kind::StateSet, if OM { "stateset" } else { "gauge" }),
        Kind::Unknown => (Kind::Unknown, if OM { "unknown" } else { "untyped" }),
    };
    let name = &*family.name;
    let base = match kind {
        Kind::Counter if OM => openmetrics::family_name(name, true),
        Kind::Info if OM => name.strip_suffix("_info").unwrap_or(name),
        _ => name,
    };
    if OM {
        openmetrics::header(out, base, &family.help, word, &family.unit);
    } else {
        header(out, name, &family.help, word);
    }
    out.text("\n");
    let suffix = match kind {
        Kind::Counter if OM => "_total",
        Kind::Info if OM => "_info",
        _ => "",
    };
    let mut lines = Lines::<_, OM> { out };
    for metric in &family.metrics {
        lines.metric(base, suffix, metric);
        let has_creation = matches!(kind, Kind::Counter | Kind::Histogram | Kind::Summary);
        if OM
            && has_creation
            && let Some(created) = metric.created
        {
            lines.created(base, metric, created);
        }
    }
}

/// Writes a bound or a quantile as a label value.
fn bound_text<const OM: bool>(out: &mut impl Sink, value: f64) {
    if OM {
        number::canonical(out, value);
    } else {
        number::double(out, value);
    }
}

/// Whether a counter's value may be one in OpenMetrics.
fn is_total(metric: &Metric) -> bool {
    !matches!(metric.value, Value::Number(value) if !openmetrics::is_total(value))
}

/// The part of a sample before its value.
#[derive(Clone, Copy)]
struct Sample<'a> {
    name: &'a str,
    suffix: &'static str,
    metric: &'a Metric,
    /// A label of the format's own.
    extra: Option<(&'a str, &'a str)>,
}

struct Lines<'a, S, const OM: bool> {
    out: &'a mut S,
}

impl<S: PageSink, const OM: bool> Lines<'_, S, OM> {
    fn metric(&mut self, name: &str, total: &'static str, metric: &Metric) {
        let sample = Sample {
            name,
            suffix: "",
            metric,
            extra: None,
        };
        let suffix = |suffix| Sample { suffix, ..sample };
        match &metric.value {
            Value::Number(value) => self.double(suffix(total), *value),
            Value::Histogram {
                buckets,
                sum,
                count,
            } => {
                for (bound, count) in buckets.iter().chain([&(f64::INFINITY, *count)]) {
                    let mut value = String::new();
                    bound_text::<OM>(&mut value, *bound);
                    let bucket = Sample {
                        extra: Some(("le", &value)),
                        ..suffix("_bucket")
                    };
                    self.integer(bucket, *count);
                }
                let first = buckets.first().map(|(first, _)| *first);
                if !OM || openmetrics::has_sum(first, *sum) {
                    self.double(suffix("_sum"), *sum);
                    self.integer(suffix("_count"), *count);
                }
            }
            Value::Summary {
                quantiles,
                sum,
                count,
            } => {
                // OpenMetrics 1.0, Summary: values of quantiles aren't negative.
                let is_served = |(_, value): &&(f64, f64)| !(OM && *value < 0.0);
                for (quantile, value) in quantiles.iter().filter(is_served) {
                    let mut text = String::new();
                    bound_text::<OM>(&mut text, *quantile);
                    let extra = Some(("quantile", &*text));
                    self.double(Sample { extra, ..sample }, *value);
                }
                if !OM || openmetrics::is_total(*sum) {
                    self.double(suffix("_sum"), *sum);
                }
                self.integer(suffix("_count"), *count);
            }
            Value::States(states) => {
                for (state, holds) in states {
                    let extra = Some((name, &**state));
                    self.integer(Sample { extra, ..sample }, u64::from(*holds));
                }
            }
        }
    }

    fn start(&mut self, sample: Sample<'_>) {
        self.out.text(sample.name);
        self.out.text(sample.suffix);
        let mut separator = '{';
        let labels = sample.metric.labels.iter();
        let labels = labels.map(|(name, value)| (&**name, &**value));
        for (name, value) in labels.chain(sample.extra) {
            label(self.out, separator, name, value);
            separator = ',';
        }
        self.out.text(if separator == '{' { " " } else { "} " });
    }

    /// Ends a line; a timestamp is in milliseconds, and in seconds in
    /// OpenMetrics.
    fn end(&mut self, metric: &Metric) {
        if let Some(timestamp) = metric.timestamp {
            self.out.text(if OM && timestamp < 0 { " -" } else { " " });
            if OM {
                openmetrics::seconds(self.out, timestamp.unsigned_abs());
            } else {
                self.out.text(itoa::Buffer::new().format(timestamp));
            }
        }
        self.out.text("\n");
    }

    fn created(&mut self, name: &str, metric: &Metric, created: u64) {
        self.start(Sample {
            name,
            suffix: "_created",
            metric,
            extra: None,
        });
        openmetrics::seconds(self.out, created);
        self.out.text("\n");
    }

    fn integer(&mut self, sample: Sample<'_>, value: u64) {
        self.start(sample);
        self.out.integer(value);
        self.end(sample.metric);
    }

    fn double(&mut self, sample: Sample<'_>, value: f64) {
        self.start(sample);
        number::double(self.out, value);
        self.end(sample.metric);
    }
}
