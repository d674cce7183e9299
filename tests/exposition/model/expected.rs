//! What the model says that a format shows.

use super::{
    Buckets, Exemplar, Family, Key, Kind, Labels, Model, Native, Number, Observation, Rule, Shown,
    Value, Wanted, number,
};
use metrics_runtime::Format;
use std::collections::BTreeMap;

/// The most exemplars of a native histogram.
const NATIVE_EXEMPLARS: usize = 10;

impl Model {
    /// What a page in this format must have.
    pub(crate) fn expected(&self, format: Format) -> BTreeMap<String, Shown<Number>> {
        let families = self.families.iter();
        families
            .filter(|family| !family.series.is_empty())
            .map(|family| (family.name_in(format), family.shown(format)))
            .collect()
    }
}

impl Family {
    /// OpenMetrics leaves the suffixes of counters and infos to their samples.
    fn name_in(&self, format: Format) -> String {
        let suffix = match self.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            _ => "",
        };
        let stem = self.name.strip_suffix(suffix);
        let stem = stem.filter(|_| format == Format::OpenMetrics);
        stem.unwrap_or(&self.name).to_owned()
    }

    fn shown(&self, format: Format) -> Shown<Number> {
        let mut samples = Samples {
            format,
            name: &self.name,
            all: BTreeMap::new(),
        };
        for (labels, value) in &self.series {
            samples.add_value(labels, value);
        }
        Shown {
            kind: self.kind.word(format).to_owned(),
            help: self.help.clone(),
            samples: samples.all,
        }
    }
}

struct Samples<'a> {
    format: Format,
    name: &'a str,
    all: BTreeMap<Key, Number>,
}

impl Samples<'_> {
    fn add(&mut self, suffix: &str, labels: &Labels, extra: Option<(&str, String)>, value: Number) {
        let mut labels = labels.clone();
        if let Some((name, value)) = extra {
            let taken = labels.insert(name.to_owned(), value);
            assert_eq!(taken, None, "{name} belongs to the format");
        }
        let key = (format!("{}{suffix}", self.name), labels);
        assert!(self.all.insert(key, value).is_none(), "once");
    }

    fn plain(&mut self, suffix: &str, labels: &Labels, value: f64) {
        self.add(suffix, labels, None, exactly(value));
    }

    fn add_value(&mut self, labels: &Labels, value: &Value) {
        let openmetrics = self.format == Format::OpenMetrics;
        match value {
            Value::Number(value) => self.plain("", labels, *value),
            Value::Counted { total, exemplars } => {
                let value = with(*total, Rule::one_of(exemplars.clone()), self.format);
                self.add("", labels, None, value);
            }
            Value::Observed { buckets, observed } => self.add_observed(labels, buckets, observed),
            Value::Histogram {
                buckets,
                sum,
                count,
            } => {
                let all = buckets.iter().copied().chain([(f64::INFINITY, *count)]);
                let all = all.map(|(bound, count)| (bound, count, Rule::None));
                self.add_histogram(labels, all.collect(), *sum, *count);
            }
            Value::Summary {
                quantiles,
                sum,
                count,
            } => {
                for (quantile, value) in quantiles {
                    // OpenMetrics has no negative ones.
                    let is_negative = match value {
                        Wanted::Exactly(value) => *value < 0.0,
                        Wanted::Between(low, _) => *low < 0.0,
                    };
                    if !(openmetrics && is_negative) {
                        let extra = Some(("quantile", quantile.to_string()));
                        let value = Number {
                            value: *value,
                            exemplars: Rule::None,
                        };
                        self.add("", labels, extra, value);
                    }
                }
                // O11.
                if !openmetrics || *sum >= 0.0 {
                    self.plain("_sum", labels, *sum);
                }
                self.plain("_count", labels, number(*count));
            }
            Value::States(states) => {
                for (state, holds) in states {
                    let name = self.name;
                    let value = exactly(f64::from(u8::from(*holds)));
                    self.add("", labels, Some((name, state.clone())), value);
                }
            }
        }
    }

    fn add_observed(&mut self, labels: &Labels, buckets: &Buckets, observed: &[Observation]) {
        let bounds = match buckets {
            Buckets::Fixed(bounds) => bounds.clone(),
            Buckets::Native(_) => Native::bounds(),
        };
        // Whether an observation is counted up to a bound.
        let reaches = |value: f64, bound: f64| match buckets {
            Buckets::Fixed(_) => value <= bound,
            Buckets::Native(native) => native.upper(value) <= bound.log2(),
        };
        let mut below = f64::NEG_INFINITY;
        let mut all = Vec::new();
        for bound in bounds.into_iter().chain([f64::INFINITY]) {
            let reaching = observed
                .iter()
                .filter(|it| reaches(it.value, bound))
                .count();
            let is_first = all.is_empty();
            let rule = match buckets {
                Buckets::Fixed(_) => {
                    let is_above = |value: f64| is_first || value > below;
                    let within = |it: &&Observation| is_above(it.value) && it.value <= bound;
                    Rule::one_of(exemplars(observed, within))
                }
                Buckets::Native(_) => Rule::AtMost(1, exemplars(observed, |it| it.value <= bound)),
            };
            all.push((bound, reaching as u64, rule));
            below = bound;
        }
        let sum = observed.iter().map(|it| it.value).sum();
        self.add_histogram(labels, all, sum, observed.len() as u64);
        if let Buckets::Native(native) = buckets
            && self.format == Format::Protobuf
        {
            self.add_native(labels, *native, observed);
        }
    }

    /// The native part, as samples whose names no format has.
    fn add_native(&mut self, labels: &Labels, native: Native, observed: &[Observation]) {
        let reading = native.read(observed);
        let all = exemplars(observed, |_| true);
        let schema = Number {
            value: Wanted::Exactly(reading.schema.into()),
            exemplars: Rule::AtMost(NATIVE_EXEMPLARS, all),
        };
        self.add("#schema", labels, None, schema);
        self.plain("#zero_threshold", labels, reading.zero_threshold);
        self.plain("#zero_count", labels, number(reading.zero_count));
        for (sign, buckets) in [("+", &reading.positive), ("-", &reading.negative)] {
            for (key, count) in buckets {
                let extra = Some(("#key", format!("{sign}{key}")));
                self.add("#bucket", labels, extra, exactly(number(*count)));
            }
        }
    }

    /// Neither sum nor count stand in OpenMetrics where a bound or the sum is
    /// negative (O11 to O13).
    fn add_histogram(
        &mut self,
        labels: &Labels,
        buckets: Vec<(f64, u64, Rule)>,
        sum: f64,
        count: u64,
    ) {
        let positive = buckets.iter().all(|(bound, ..)| *bound >= 0.0) && sum >= 0.0;
        for (bound, count, rule) in buckets {
            let extra = Some(("le", bound.to_string()));
            let value = with(number(count), rule, self.format);
            self.add("_bucket", labels, extra, value);
        }
        if positive || self.format != Format::OpenMetrics {
            self.plain("_sum", labels, sum);
            self.plain("_count", labels, number(count));
        }
    }
}

fn exactly(value: f64) -> Number {
    with(value, Rule::None, Format::Text)
}

/// The text format has no exemplars.
fn with(value: f64, exemplars: Rule, format: Format) -> Number {
    Number {
        value: Wanted::Exactly(value),
        exemplars: match format {
            Format::Text => Rule::None,
            _ => exemplars,
        },
    }
}

/// The exemplars of some of the observations.
fn exemplars(observed: &[Observation], wanted: impl Fn(&&Observation) -> bool) -> Vec<Exemplar> {
    let observed = observed.iter().filter(wanted);
    let exemplars = observed.filter_map(|it| {
        Some(Exemplar {
            labels: it.exemplar.clone()?,
            value: it.value,
            timestamp: None,
        })
    });
    exemplars.collect()
}
