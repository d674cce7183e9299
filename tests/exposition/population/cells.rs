//! Families in cells.

use super::Maker;
use super::source::with_exemplar;
use super::text::{eighths, number, number_but_nan};
use crate::model::{self, Buckets, Exemplar, Kind, Native, Observation, Value};
use metrics_runtime::{Histogram, NativeBuckets};
use std::collections::BTreeMap;

impl Maker {
    pub(super) fn counters(&mut self, number: usize) {
        let (name, help, labels) = (self.name(number, "_total"), self.help(), self.labels());
        let family = self.registry.counter_family::<2>(&name, &help, labels);
        let family = family.expect("the description is valid");
        let mut all: BTreeMap<[String; 2], (u64, Vec<Exemplar>)> = BTreeMap::new();
        let mut count = |values: [String; 2], amount: u64, random: &mut fastrand::Rng| {
            let counter = family.with([&values[0], &values[1]]);
            let labels = with_exemplar(random, || counter.inc_by(amount));
            let (total, exemplars) = all.entry(values).or_default();
            *total += amount;
            exemplars.extend(labels.map(|labels| Exemplar {
                labels,
                value: model::number(amount),
                timestamp: None,
            }));
        };
        for _ in 0..self.random.usize(1..20) {
            let values = self.values();
            let amount = self.random.u64(0..1 << 40);
            count(values, amount, &mut self.random);
        }
        if self.random.u8(0..8) == 0 {
            let values = ["\\".to_owned(), "most".to_owned()];
            count(values, u64::MAX, &mut self.random);
        }
        let series = all.into_iter().map(|(values, (total, exemplars))| {
            let total = model::number(total);
            (values, Value::Counted { total, exemplars })
        });
        self.add(Kind::Counter, &name, help, labels, series);
    }

    pub(super) fn gauges(&mut self, number_of: usize) {
        let (name, help, labels) = (self.name(number_of, ""), self.help(), self.labels());
        let family = self.registry.gauge_family::<1>(&name, &help, labels);
        let family = family.expect("the description is valid");
        let mut last: BTreeMap<[String; 1], f64> = BTreeMap::new();
        for _ in 0..self.random.usize(1..10) {
            let value = number(&mut self.random);
            let values = self.values();
            family.with([&values[0]]).set(value);
            last.insert(values, value);
        }
        let series = last.into_iter();
        let series = series.map(|(values, value)| (values, Value::Number(value)));
        self.add(Kind::Gauge, &name, help, labels, series);
    }

    pub(super) fn in_progress(&mut self, number: usize) {
        let (name, help, labels) = (self.name(number, ""), self.help(), self.labels());
        let family = self
            .registry
            .in_progress_family::<3>(&name, &help, labels)
            .expect("the description is valid");
        let mut running: BTreeMap<[String; 3], u32> = BTreeMap::new();
        for _ in 0..self.random.usize(1..6) {
            let values = self.values();
            let gauge = family.with([&values[0], &values[1], &values[2]]);
            let started = gauge.start();
            let count = running.entry(values).or_default();
            if self.random.bool() {
                self.running.push(started);
                *count += 1;
            }
        }
        let series = running
            .into_iter()
            .map(|(values, count)| (values, Value::Number(f64::from(count))));
        self.add(Kind::Gauge, &name, help, labels, series);
    }

    pub(super) fn histograms(&mut self, number: usize) {
        let (name, help, labels) = (self.name(number, "_bytes"), self.help(), self.labels());
        let least = if self.random.u8(0..4) == 0 { -1_000 } else { 0 };
        let mut bounds: Vec<f64> = (0..self.random.usize(1..12))
            .map(|_| eighths(&mut self.random, least, 1_000))
            .collect();
        bounds.extend(
            [5e-324, f64::MAX]
                .iter()
                .filter(|_| self.random.u8(0..8) == 0),
        );
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        let family = self
            .registry
            .histogram_family::<1>(&name, &help, labels, &bounds)
            .expect("the description is valid");
        let mut all: BTreeMap<[String; 1], Vec<Observation>> = BTreeMap::new();
        for _ in 0..self.random.usize(1..4) {
            let values = self.values();
            let series = family.with([&values[0]]);
            let observed = all.entry(values).or_default();
            let least = if self.random.u8(0..4) == 0 { -2_000 } else { 0 };
            let count = self.random.usize(0..30);
            let mut new: Vec<f64> = (0..count)
                .map(|_| eighths(&mut self.random, least, 2_000))
                .collect();
            for infinite in [f64::INFINITY, f64::NEG_INFINITY] {
                new.extend((self.random.u8(0..8) == 0).then_some(infinite));
            }
            observed.extend(self.observe(series, new));
        }
        let series = all.into_iter().map(|(values, observed)| {
            let buckets = Buckets::Fixed(bounds.clone());
            (values, Value::Observed { buckets, observed })
        });
        let series: Vec<_> = series.collect();
        self.add(Kind::Histogram, &name, help, labels, series);
    }

    pub(super) fn native_histograms(&mut self, number: usize) {
        let (name, help, labels) = (self.name(number, "_bytes"), self.help(), self.labels());
        // Factors that are the bases of the schemas, and what lies between.
        let schema = self.random.i32(-4..=8);
        let base = f64::from(-schema).exp2().exp2();
        let factor = match schema {
            // Rounding a root may go below it.
            1.. => base * (1.0 + 1e-9),
            _ => base * [1.0, 1.01][self.random.usize(0..2)],
        };
        let max = self.random.u32(1..160);
        let buckets = NativeBuckets::new(factor, max).expect("it is valid");
        let family = self
            .registry
            .native_histogram_family::<1>(&name, &help, labels, buckets)
            .expect("the description is valid");
        let mut all: BTreeMap<[String; 1], Vec<Observation>> = BTreeMap::new();
        for _ in 0..self.random.usize(1..4) {
            let values = self.values();
            if all.contains_key(&values) {
                continue;
            }
            let new: Vec<f64> = if self.random.bool() {
                // Few enough for the cells that a series has at first: their sum is
                // that of this order.
                let count = self.random.usize(0..40);
                let any = |_| number_but_nan(&mut self.random);
                (0..count).map(any).collect()
            } else {
                let least = if self.random.bool() { -2_000 } else { 0 };
                let count = self.random.usize(0..120);
                (0..count)
                    .map(|_| eighths(&mut self.random, least, 2_000))
                    .collect()
            };
            let observed = self.observe(family.with([&values[0]]), new);
            all.insert(values, observed);
        }
        let max = usize::try_from(max).expect("it is small");
        let series = all.into_iter().map(|(values, observed)| {
            let buckets = Buckets::Native(Native { schema, max });
            (values, Value::Observed { buckets, observed })
        });
        let series: Vec<_> = series.collect();
        self.add(Kind::Histogram, &name, help, labels, series);
    }

    /// Observes these, some with exemplars, and NaN, which is refused.
    fn observe(&mut self, series: Histogram, values: Vec<f64>) -> Vec<Observation> {
        let observed = values.into_iter().map(|value| Observation {
            value,
            exemplar: with_exemplar(&mut self.random, || series.observe(value)),
        });
        let observed = observed.collect();
        series.observe(f64::NAN);
        observed
    }
}
