//! Prometheus text format, version 0.0.4.

use super::{escape, number};
use crate::desc::Kind;
use crate::label::LabelPairs;
use crate::name::LabelName;
use crate::record::{FamilyCore, Series};
use crate::registry::{Registry, bridge};
use prometheus::proto;
use std::sync::Arc;

/// The content type of the page that [`Registry::to_text`] renders, for those
/// who serve it themselves.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

enum Section {
    Own(Arc<FamilyCore>),
    Foreign(proto::MetricFamily),
}

/// The page of a registry: families by name, ours before foreign ones.
pub(crate) fn page(registry: &Registry) -> String {
    if !crate::config::recording() {
        return "# Metrics are turned off (METRICS_ENABLED).\n".to_owned();
    }
    // The longer the stretch, the more exact the clock.
    crate::clock::calibrate();
    let own = registry.gather().into_iter();
    let own = own.map(|(name, family)| (name, Section::Own(family)));
    let foreign = bridge::gather(registry).into_iter();
    let foreign = foreign.map(|family| (family.name().to_owned(), Section::Foreign(family)));
    let mut sections: Vec<_> = own.chain(foreign).collect();
    // Stable, so that ours comes before a foreign family of the same name.
    sections.sort_by(|(a, _), (b, _)| a.cmp(b));
    sections.dedup_by(|(later, _), (earlier, _)| {
        let same = later == earlier;
        if same {
            registry.report_shadowed(later);
        }
        same
    });
    let mut page = Page {
        out: String::new(),
        const_labels: &registry.settings().const_labels,
    };
    for (name, section) in &sections {
        match section {
            Section::Own(family) => page.own(name, family),
            Section::Foreign(family) => page.foreign(name, family),
        }
    }
    page.out
}

struct Page<'a> {
    out: String,
    const_labels: &'a [(String, String)],
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

impl Page<'_> {
    fn header(&mut self, name: &str, help: &str, kind: &str) {
        self.out.push_str("# HELP ");
        self.out.push_str(name);
        self.out.push(' ');
        escape::help(&mut self.out, help);
        self.out.push_str("\n# TYPE ");
        self.out.push_str(name);
        self.out.push(' ');
        self.out.push_str(kind);
        self.out.push('\n');
    }

    fn label(&mut self, separator: char, name: &str, value: &str) {
        self.out.push(separator);
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape::label_value(&mut self.out, value);
        self.out.push('"');
    }

    fn start(&mut self, sample: Sample<'_>) {
        self.out.push_str(sample.name);
        self.out.push_str(sample.suffix);
        let mut separator = '{';
        for &(name, value) in sample.labels {
            self.label(separator, name, value);
            separator = ',';
        }
        if let Some((name, bound)) = sample.bound {
            let mut value = String::new();
            number::double(&mut value, bound);
            self.label(separator, name, &value);
            separator = ',';
        }
        self.out.push_str(if separator == '{' { " " } else { "} " });
    }

    fn integer(&mut self, sample: Sample<'_>, value: u64) {
        self.start(sample);
        number::integer(&mut self.out, value);
        self.out.push('\n');
    }

    fn double(&mut self, sample: Sample<'_>, value: f64) {
        self.start(sample);
        number::double(&mut self.out, value);
        self.out.push('\n');
    }

    fn own(&mut self, name: &str, family: &FamilyCore) {
        let schema = &family.schema;
        let mut headed = false;
        for series in family.series() {
            let labels = labels_of(self.const_labels, family, &series);
            let sample = Sample {
                name,
                suffix: "",
                labels: &labels,
                bound: None,
            };
            // A counter or histogram that was never recorded into is served
            // only where its site or its maker asked for zero.
            let reading = Reading::of(family, &series);
            if !series.shown && reading.is_untouched() {
                continue;
            }
            if !headed {
                self.header(name, &schema.help, schema.kind.as_str());
                headed = true;
            }
            match reading {
                Reading::Counter(value) => self.integer(sample, value),
                Reading::Gauge(value) => self.double(sample, value),
                Reading::Histogram { buckets, sum } => {
                    let bounds = family.bounds.values();
                    self.histogram(sample, bounds, &cumulated(&buckets), sum);
                }
            }
        }
    }

    /// Writes bounded buckets, the one up to `+Inf`, sum and count; the last
    /// of `cumulated` is the count.
    fn histogram(&mut self, sample: Sample<'_>, bounds: &[f64], cumulated: &[u64], sum: f64) {
        let all = bounds.iter().copied().chain([f64::INFINITY]);
        for (bound, &count) in all.zip(cumulated) {
            let bucket = Sample {
                suffix: "_bucket",
                bound: Some(("le", bound)),
                ..sample
            };
            self.integer(bucket, count);
        }
        let suffix = |suffix| Sample { suffix, ..sample };
        self.double(suffix("_sum"), sum);
        self.integer(suffix("_count"), cumulated.last().copied().unwrap_or(0));
    }

    fn foreign(&mut self, name: &str, family: &proto::MetricFamily) {
        use proto::MetricType;
        let kind = match family.get_field_type() {
            MetricType::COUNTER => "counter",
            MetricType::GAUGE => "gauge",
            MetricType::HISTOGRAM => "histogram",
            MetricType::SUMMARY => "summary",
            MetricType::UNTYPED => "untyped",
        };
        self.header(name, family.help(), kind);
        for metric in family.get_metric() {
            let pairs = metric.get_label().iter();
            let labels: LabelPairs<'_> = pairs.map(|pair| (pair.name(), pair.value())).collect();
            let sample = Sample {
                name,
                suffix: "",
                labels: &labels,
                bound: None,
            };
            match family.get_field_type() {
                MetricType::COUNTER => self.double(sample, bridge::counter_value(metric)),
                MetricType::GAUGE => self.double(sample, bridge::gauge_value(metric)),
                MetricType::UNTYPED => self.double(sample, bridge::untyped_value(metric)),
                MetricType::HISTOGRAM => {
                    let histogram = metric.get_histogram();
                    let finite = |b: &&proto::Bucket| b.upper_bound().is_finite();
                    let buckets = histogram.get_bucket().iter().filter(finite);
                    let bounds: Vec<f64> =
                        buckets.clone().map(proto::Bucket::upper_bound).collect();
                    let mut counts: Vec<u64> =
                        buckets.map(proto::Bucket::cumulative_count).collect();
                    counts.push(histogram.get_sample_count());
                    self.histogram(sample, &bounds, &counts, histogram.get_sample_sum());
                }
                MetricType::SUMMARY => self.summary(sample, metric.get_summary()),
            }
        }
    }

    fn summary(&mut self, sample: Sample<'_>, summary: &proto::Summary) {
        for quantile in summary.get_quantile() {
            let bound = Some(("quantile", quantile.quantile()));
            self.double(Sample { bound, ..sample }, quantile.value());
        }
        let suffix = |suffix| Sample { suffix, ..sample };
        self.double(suffix("_sum"), summary.sample_sum());
        self.integer(suffix("_count"), summary.sample_count());
    }
}

/// Labels of one of our series, constant ones last.
fn labels_of<'a>(
    const_labels: &'a [(String, String)],
    family: &'a FamilyCore,
    series: &'a Series<'_>,
) -> LabelPairs<'a> {
    let names = family.schema.labels.iter().map(LabelName::as_str);
    let values = series.values.iter().copied();
    let outcome = series.outcome.map(|outcome| ("outcome", outcome));
    // `build()` refuses a name that a family has as a label; one that was made
    // later keeps its own.
    let own = |name: &str| {
        let own = family.schema.labels.iter().any(|own| own.as_str() == name);
        own || family.schema.by_outcome && name == "outcome"
    };
    let constant = const_labels.iter();
    let constant = constant.filter(|(name, _)| family.schema.namespaced && !own(name));
    names
        .zip(values)
        .chain(outcome)
        .chain(constant.map(|(name, value)| (&**name, &**value)))
        .collect()
}

/// What a series holds at the time of the scrape.
enum Reading {
    Counter(u64),
    Gauge(f64),
    Histogram { buckets: Vec<u64>, sum: f64 },
}

impl Reading {
    fn of(family: &FamilyCore, series: &Series<'_>) -> Self {
        match family.schema.kind {
            Kind::Counter => Self::Counter(FamilyCore::counter(series.cell).get()),
            Kind::Gauge => Self::Gauge(FamilyCore::gauge(series.cell).get()),
            Kind::Histogram => {
                let snapshot = family.histogram(series.cell).snapshot();
                Self::Histogram {
                    buckets: snapshot.buckets,
                    sum: snapshot.sum,
                }
            }
        }
    }

    fn is_untouched(&self) -> bool {
        match self {
            Self::Counter(value) => *value == 0,
            // A gauge in a table is there because it was asked for, and shown.
            Self::Gauge(value) => value.to_bits() == 0,
            Self::Histogram { buckets, .. } => buckets.iter().all(|&count| count == 0),
        }
    }
}

/// Counts up to each bound, from counts of each bucket alone.
fn cumulated(buckets: &[u64]) -> Vec<u64> {
    let mut sum = 0;
    let add = |&count: &u64| {
        sum += count;
        sum
    };
    buckets.iter().map(add).collect()
}

#[cfg(test)]
mod tests {
    use crate::registry::Registry;

    /// A page with one family of each kind and hostile text, in full.
    #[test]
    fn a_page_is_written_to_the_letter() {
        let registry = Registry::new();
        let calls = registry
            .counter_family("calls_total", "Calls:\n\"all\" \\ some.", ["path"])
            .unwrap();
        calls.with(["b\"\\\n"]).inc_by(u64::MAX);
        let _ = calls.with(["a"]);
        registry.gauge("depth", "Depth.").unwrap().set(f64::NAN);
        let sizes = registry
            .histogram("size_bytes", "Sizes.", &[0.5, 2.0])
            .unwrap();
        sizes.observe(0.5);
        sizes.observe(1.0);
        sizes.observe(f64::INFINITY);
        sizes.observe(f64::NAN);
        let expected = "\
# HELP calls_total Calls:\\n\"all\" \\\\ some.
# TYPE calls_total counter
calls_total{path=\"a\"} 0
calls_total{path=\"b\\\"\\\\\\n\"} 18446744073709551615
# HELP depth Depth.
# TYPE depth gauge
depth NaN
# HELP metrics_conflicts_total Call sites that record nowhere because another declares their family differently.
# TYPE metrics_conflicts_total counter
metrics_conflicts_total 0
# HELP size_bytes Sizes.
# TYPE size_bytes histogram
size_bytes_bucket{le=\"0.5\"} 1
size_bytes_bucket{le=\"2\"} 2
size_bytes_bucket{le=\"+Inf\"} 3
size_bytes_sum +Inf
size_bytes_count 3
";
        assert_eq!(registry.to_text(), expected);
        assert_eq!(registry.to_text(), expected);
    }
}
