//! What a collector may give: a method for each kind.

use super::Families;
use crate::collect::model::{Kind, Value};

impl Families {
    /// Adds a counter, whose name ends in `_total` and whose value is a number
    /// from zero on.
    pub fn counter(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        value: f64,
    ) -> &mut Self {
        self.add(Kind::Counter, name, help, labels, Value::Number(value))
    }

    /// Adds a gauge.
    pub fn gauge(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        value: f64,
    ) -> &mut Self {
        self.add(Kind::Gauge, name, help, labels, Value::Number(value))
    }

    /// Adds a value of which nobody knows whether it may fall.
    pub fn unknown(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        value: f64,
    ) -> &mut Self {
        self.add(Kind::Unknown, name, help, labels, Value::Number(value))
    }

    /// Adds an info, whose name ends in `_info` and whose value is one.
    pub fn info(&mut self, name: &str, help: &str, labels: &[(&str, &str)]) -> &mut Self {
        self.add(Kind::Info, name, help, labels, Value::Number(1.0))
    }

    /// Adds a histogram: finite upper bounds, rising, and the observations up to
    /// each; the sum and the number of all.
    pub fn histogram(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        buckets: &[(f64, u64)],
        sum: f64,
        count: u64,
    ) -> &mut Self {
        let value = Value::Histogram {
            buckets: buckets.to_vec(),
            sum,
            count,
        };
        self.add(Kind::Histogram, name, help, labels, value)
    }

    /// Adds a summary: rising quantiles from zero to one and their values; the
    /// sum and the number of all observations.
    pub fn summary(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        quantiles: &[(f64, f64)],
        sum: f64,
        count: u64,
    ) -> &mut Self {
        let value = Value::Summary {
            quantiles: quantiles.to_vec(),
            sum,
            count,
        };
        self.add(Kind::Summary, name, help, labels, value)
    }

    /// Adds a state set: each state, and whether it holds.
    pub fn state_set(
        &mut self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        states: &[(&str, bool)],
    ) -> &mut Self {
        let states = states.iter();
        let states = states.map(|(state, holds)| ((*state).to_owned(), *holds));
        let value = Value::States(states.collect());
        self.add(Kind::StateSet, name, help, labels, value)
    }
}
