//! Families that hold their values themselves or are asked for them.

use super::Maker;
use super::text::{LABELS, eighths, number, text};
use crate::model::{self, Kind, Value, Wanted};
use metrics_runtime::{ClosedLabel, LabelValue};
use std::collections::BTreeMap;

/// States whose names are hostile.
#[derive(Clone, Copy, LabelValue)]
enum Phase {
    Starting,
    #[label("\"\\\n")]
    Odd,
    #[label("# EOF")]
    Done,
}

impl Maker {
    pub(super) fn info(&mut self, number: usize) {
        let (name, help) = (self.name(number, "_info"), self.help());
        let labels: [&str; 2] = self.labels();
        let values: [String; 2] = self.values();
        let given: Vec<_> = labels
            .iter()
            .copied()
            .zip(values.iter().map(|it| &**it))
            .collect();
        let made = self.registry.info(&name, &help, &given);
        made.expect("the description is valid");
        self.add(
            Kind::Info,
            &name,
            help,
            labels,
            [(values, Value::Number(1.0))],
        );
    }

    pub(super) fn state_set(&mut self, number: usize) {
        let (name, help) = (self.name(number, ""), self.help());
        if self.random.bool() {
            self.states(&name, help, &[false, true]);
        } else {
            self.states(&name, help, &[Phase::Starting, Phase::Odd, Phase::Done]);
        }
    }

    fn states<E: ClosedLabel + Copy>(&mut self, name: &str, help: String, all: &[E]) {
        let made = self.registry.state_set::<E>(name, &help);
        // Its states have a label of this name (O21).
        if name.starts_with("__") {
            assert!(made.is_err(), "the label {name} is reserved");
            return;
        }
        let made = made.expect("the description is valid");
        // None holds at first.
        let current = self.random.usize(0..=all.len());
        if let Some(state) = all.get(current) {
            made.set(*state);
        }
        let states = E::VALUES.iter().enumerate();
        let states = states.map(|(index, state)| ((*state).to_owned(), index == current));
        let value = Value::States(states.collect());
        self.add(Kind::StateSet, name, help, [], [([], value)]);
    }

    pub(super) fn summary(&mut self, number: usize) {
        let (name, help) = (self.name(number, "_bytes"), self.help());
        let all = [0.0, 0.1, 0.5, 0.9, 0.99, 1.0];
        let quantiles: Vec<f64> = all.into_iter().filter(|_| self.random.bool()).collect();
        let made = self.registry.summary(&name, &help, &quantiles);
        let made = made.expect("the description is valid");
        let least = if self.random.u8(0..4) == 0 { -2_000 } else { 0 };
        let count = self.random.usize(0..60);
        let mut observed: Vec<f64> = (0..count)
            .map(|_| eighths(&mut self.random, least, 2_000))
            .collect();
        for infinite in [f64::INFINITY, f64::NEG_INFINITY] {
            observed.extend((self.random.u8(0..8) == 0).then_some(infinite));
        }
        for value in &observed {
            made.observe(*value);
        }
        made.observe(f64::NAN);
        let sum = observed.iter().sum();
        let count = observed.len() as u64;
        observed.retain(|value| value.is_finite());
        observed.sort_by(f64::total_cmp);
        let quantiles = quantiles.into_iter();
        let quantiles = quantiles.map(|it| (it, near(it, &observed))).collect();
        let value = Value::Summary {
            quantiles,
            sum,
            count,
        };
        self.add(Kind::Summary, &name, help, [], [([], value)]);
    }

    /// Gauges or counters that are asked when a page is made.
    pub(super) fn callbacks(&mut self, number_of: usize) {
        let counts = self.random.bool();
        let suffix = if counts { "_total" } else { "" };
        let (name, help) = (self.name(number_of, suffix), self.help());
        let label = LABELS[self.random.usize(0..LABELS.len())];
        let mut series = BTreeMap::new();
        for _ in 0..self.random.usize(1..3) {
            let value = text(&mut self.random);
            let labels = [(label, &*value)];
            if series.contains_key(std::slice::from_ref(&value)) {
                continue;
            }
            let (made, read) = if counts {
                let read = self.random.u64(..);
                let made = self
                    .registry
                    .counter_fn_with(&name, &help, &labels, move || read);
                (made, model::number(read))
            } else {
                let read = number(&mut self.random);
                let made = self
                    .registry
                    .gauge_fn_with(&name, &help, &labels, move || read);
                (made, read)
            };
            made.expect("the description is valid");
            series.insert([value], Value::Number(read));
        }
        let kind = if counts { Kind::Counter } else { Kind::Gauge };
        self.add(kind, &name, help, [label], series);
    }
}

/// What an estimate of a quantile may be: within 1 % of the observations beside
/// its rank.
fn near(quantile: f64, observed: &[f64]) -> Wanted {
    let Some(last) = observed.len().checked_sub(1) else {
        return Wanted::Exactly(f64::NAN);
    };
    let rank = quantile * model::number(last as u64);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is a small number from zero on"
    )]
    let [below, above] = [rank.floor() as usize, rank.ceil() as usize];
    let room = |value: f64| value.abs() * 0.011;
    let (low, high) = (observed[below], observed[above]);
    Wanted::Between(low - room(low), high + room(high))
}
