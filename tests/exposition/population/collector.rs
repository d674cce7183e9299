//! Collectors, whose content nobody has checked before.

use super::Maker;
use super::text::{eighths, number, number_but_nan, text};
use crate::model::{Family, Kind, Labels, Value, Wanted};
use metrics_runtime::{Collector, Diagnostic, Families, set_diagnostics_hook};
use std::collections::BTreeSet;
use std::error::Error;
use std::sync::{Mutex, Once, PoisonError};

/// What the diagnostics hook was told: collectors that fail, and families that
/// are left out.
static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Whether the hook was told of this collector or family.
pub(crate) fn reported(name: &str) -> bool {
    let told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    told.contains(name)
}

fn listen() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        let listen = |diagnostic: &Diagnostic| {
            let name = match diagnostic {
                Diagnostic::Collector { name, .. } => name.clone(),
                Diagnostic::Shadowed { family } => family.clone(),
                _ => return,
            };
            let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
            told.insert(name);
        };
        set_diagnostics_hook(listen).expect("nobody else sets it");
    });
}

/// Gives these families.
struct Given {
    name: String,
    families: Vec<Family>,
}

impl Collector for Given {
    fn name(&self) -> &str {
        &self.name
    }

    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        for family in &self.families {
            for (labels, value) in &family.series {
                give(families, family, labels, value);
            }
        }
        Ok(())
    }
}

fn give(families: &mut Families, family: &Family, labels: &Labels, value: &Value) {
    let (name, help) = (&*family.name, &*family.help);
    let labels: Vec<_> = labels.iter().map(|(n, v)| (&**n, &**v)).collect();
    let labels = &labels[..];
    match (family.kind, value) {
        (Kind::Counter, Value::Number(value)) => families.counter(name, help, labels, *value),
        (Kind::Info, Value::Number(_)) => families.info(name, help, labels),
        (Kind::Unknown, Value::Number(value)) => families.unknown(name, help, labels, *value),
        (_, Value::Number(value)) => families.gauge(name, help, labels, *value),
        (
            _,
            Value::Histogram {
                buckets,
                sum,
                count,
            },
        ) => families.histogram(name, help, labels, buckets, *sum, *count),
        (
            _,
            Value::Summary {
                quantiles,
                sum,
                count,
            },
        ) => {
            let exact = |(quantile, value): &(f64, Wanted)| match value {
                Wanted::Exactly(value) => (*quantile, *value),
                Wanted::Between(..) => panic!("nothing is estimated here"),
            };
            let quantiles: Vec<_> = quantiles.iter().map(exact).collect();
            families.summary(name, help, labels, &quantiles, *sum, *count)
        }
        (_, Value::States(states)) => {
            let states: Vec<_> = states.iter().map(|(it, holds)| (&**it, *holds)).collect();
            families.state_set(name, help, labels, &states)
        }
        (kind, value) => panic!("{kind:?} isn't collected as {value:?}"),
    };
}

impl Maker {
    pub(super) fn collectors(&mut self) {
        listen();
        for number in 0..self.random.usize(0..3) {
            let mut families: Vec<Family> = (0..self.random.usize(1..4))
                .map(|nth| self.collected(100 + 10 * number + nth))
                .collect();
            let served = families.clone();
            let is_valid = match self.random.u8(0..4) {
                0 => {
                    self.spoil(&mut families);
                    false
                }
                1 => {
                    families.extend(self.clashing());
                    true
                }
                _ => true,
            };
            let name = format!("collector_{}_{number}", self.seed);
            let collector = Given {
                name: name.clone(),
                families,
            };
            let added = self.registry.add_collector(collector);
            added.expect("the name is free");
            self.model.collectors.insert(name, is_valid);
            if is_valid {
                self.model.families.extend(served);
            }
        }
    }

    /// A family that is valid, whatever is in it.
    fn collected(&mut self, number: usize) -> Family {
        let kinds = [
            (Kind::Counter, "_total"),
            (Kind::Gauge, ""),
            (Kind::Histogram, ""),
            (Kind::Summary, ""),
            (Kind::Info, "_info"),
            (Kind::StateSet, ""),
            (Kind::Unknown, ""),
        ];
        let (kind, suffix) = kinds[self.random.usize(0..kinds.len())];
        let mut name = self.name(number, suffix);
        if kind == Kind::StateSet {
            // Its states have a label of this name.
            name.insert(0, 's');
        }
        let labels: [&str; 2] = self.labels();
        let mut series: Vec<(Labels, Value)> = Vec::new();
        for _ in 0..self.random.usize(1..4) {
            let values: [String; 2] = self.values();
            let names = labels.iter().map(|&name| name.to_owned());
            let labels: Labels = names.zip(values).collect();
            if series.iter().all(|(other, _)| *other != labels) {
                series.push((labels, self.value(kind)));
            }
        }
        Family {
            name,
            help: self.help(),
            kind,
            series,
        }
    }

    fn value(&mut self, kind: Kind) -> Value {
        let random = &mut self.random;
        match kind {
            Kind::Counter => Value::Number(number_but_nan(random).abs()),
            Kind::Info => Value::Number(1.0),
            Kind::Gauge | Kind::Unknown => Value::Number(number(random)),
            Kind::Histogram => {
                let mut bounds: Vec<f64> = (0..random.usize(0..6))
                    .map(|_| eighths(random, -100, 1_000))
                    .collect();
                bounds.sort_by(f64::total_cmp);
                bounds.dedup();
                let mut count = 0;
                let mut rise = || {
                    count += random.u64(0..1 << 40);
                    count
                };
                let buckets = bounds.into_iter().map(|bound| (bound, rise())).collect();
                Value::Histogram {
                    buckets,
                    count: rise(),
                    sum: number_but_nan(random),
                }
            }
            Kind::Summary => {
                let all = [0.0, 0.25, 0.999, 1.0];
                let quantiles: Vec<_> = all.into_iter().filter(|_| random.bool()).collect();
                let estimated = |it| (it, Wanted::Exactly(number(random)));
                Value::Summary {
                    quantiles: quantiles.into_iter().map(estimated).collect(),
                    sum: number_but_nan(random),
                    count: random.u64(..),
                }
            }
            Kind::StateSet => {
                let states: BTreeSet<String> = (0..4).map(|_| text(random)).collect();
                // An empty value is no label, and leaves one series for two.
                let states = states.into_iter().filter(|state| !state.is_empty());
                let one = "one".to_owned();
                let states = states.chain([one]).map(|state| (state, random.bool()));
                Value::States(states.collect())
            }
        }
    }

    /// Makes one mistake, for which a collector is left out.
    fn spoil(&mut self, families: &mut Vec<Family>) {
        let family = self.collected(199);
        let gauge = |name: &str, help: &str, labels: &[&str], value: f64| {
            let labels = labels.iter().map(|it| ((*it).to_owned(), String::new()));
            Family {
                name: name.to_owned(),
                help: help.to_owned(),
                kind: Kind::Gauge,
                series: vec![(labels.collect(), Value::Number(value))],
            }
        };
        let hostile = format!("{}\n", text(&mut self.random));
        let spoilt = match self.random.u8(0..9) {
            0 => gauge(&hostile, "Spoilt.", &[], 1.0),
            1 => gauge("spoilt_bucket", "Spoilt.", &[], 1.0),
            2 => gauge("spoilt", " ", &[], 1.0),
            3 => gauge("spoilt", "Spoilt.", &["le"], 1.0),
            4 => gauge("spoilt", "Spoilt.", &["__a"], 1.0),
            5 => gauge("spoilt", "Spoilt.", &[&hostile], 1.0),
            6 => Family {
                kind: Kind::Counter,
                ..gauge("spoilt_total", "Spoilt.", &[], f64::NAN)
            },
            7 => Family {
                kind: Kind::Counter,
                ..gauge("spoilt_total", "Spoilt.", &[], -1.0)
            },
            // Every series is given twice.
            _ => {
                families.push(family.clone());
                family
            }
        };
        let at = self.random.usize(0..=families.len());
        families.insert(at, spoilt);
    }

    /// A family whose samples have the names of those that one of ours has.
    fn clashing(&mut self) -> Option<Family> {
        let all = self.model.families.iter();
        let all: Vec<_> = all.filter(|it| !it.series.is_empty()).collect();
        let ours = all.get(self.random.usize(0..=all.len()))?;
        let stem = match ours.kind {
            Kind::Counter => ours.name.strip_suffix("_total"),
            Kind::Info => ours.name.strip_suffix("_info"),
            _ => None,
        };
        let (kind, name) = match stem {
            Some(stem) => (Kind::Gauge, stem.to_owned()),
            None => (Kind::Counter, format!("{}_total", ours.name)),
        };
        self.model.shadowed.insert(name.clone());
        Some(Family {
            name,
            help: "Clashes.".to_owned(),
            kind,
            series: vec![(Labels::new(), Value::Number(1.0))],
        })
    }
}
