//! What the toolkit reads itself where a page is made.

use super::model::{Family, Kind, Metric, Value};
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;

/// Gives families of the toolkit's own: of the process, of a runtime.
///
/// It is read on the thread that makes the page and needs none of its own: it runs
/// no user code, waits for nothing, and takes microseconds.
pub(crate) trait Source: Debug + Send + Sync + 'static {
    /// Adds its series. Several sources may have series in one family.
    fn read(&self, readings: &mut Readings);
}

/// A source, and the name that it has among sources.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) name: String,
    pub(crate) source: Arc<dyn Source>,
}

impl Own {
    pub(crate) fn new(name: impl Into<String>, source: impl Source) -> Self {
        Self {
            name: name.into(),
            source: Arc::new(source),
        }
    }
}

/// Families as sources fill them, of which they know that they are valid.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    families: Vec<Family>,
    index: HashMap<&'static str, usize>,
}

impl Readings {
    /// What these sources give.
    pub(crate) fn of(sources: &[Own]) -> Vec<Family> {
        let mut readings = Self::default();
        for own in sources {
            own.source.read(&mut readings);
        }
        readings.families
    }

    /// Adds a number: of a counter, whose name ends in `_total` and whose value never
    /// falls, of an info, whose name ends in `_info` and whose value is one, or of a
    /// gauge.
    pub(crate) fn number(
        &mut self,
        kind: Kind,
        name: &'static str,
        help: &str,
        labels: &[(&str, &str)],
        value: f64,
    ) {
        self.add(kind, name, help, labels, Value::Number(value));
    }

    /// Adds a value of another form.
    pub(crate) fn add(
        &mut self,
        kind: Kind,
        name: &'static str,
        help: &str,
        labels: &[(&str, &str)],
        value: Value,
    ) {
        let next = self.families.len();
        let index = *self.index.entry(name).or_insert(next);
        if index == next {
            self.families.push(Family {
                name: name.to_owned(),
                help: help.to_owned(),
                kind,
                unit: String::new(),
                metrics: Vec::new(),
            });
        }
        let labels = labels.iter();
        let labels = labels.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        if let Some(family) = self.families.get_mut(index) {
            family.metrics.push(Metric {
                labels: labels.collect(),
                value,
                timestamp: None,
                created: None,
            });
        }
    }
}

/// A number as the formats hold it.
#[expect(clippy::cast_precision_loss, reason = "the formats hold doubles")]
pub(crate) const fn double(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::{Kind, Own, Readings, Source};
    use crate::registry::Registry;

    #[derive(Debug)]
    struct Worker(&'static str);

    impl Source for Worker {
        fn read(&self, readings: &mut Readings) {
            readings.number(
                Kind::Gauge,
                "worker_tasks",
                "Tasks.",
                &[("worker", self.0)],
                3.0,
            );
            readings.number(
                Kind::Counter,
                "worker_polls_total",
                "Polls.",
                &[("worker", self.0)],
                7.0,
            );
        }
    }

    // Mutations: `add` begins a family for each series; `add_source` takes a name
    // twice; `set_source` keeps the one before.
    #[test]
    fn sources_join_their_series_and_are_known_by_name() {
        let registry = Registry::new();
        registry.set_source(Own::new("first", Worker("x")));
        registry.set_source(Own::new("first", Worker("a")));
        let second = || registry.add_source(Own::new("second", Worker("b")));
        second().expect("the name is free");
        let refused = second().expect_err("the name is taken").to_string();
        assert!(refused.contains("`second`"), "{refused}");
        let page = registry.to_text();
        let expected = "\
# HELP worker_polls_total Polls.
# TYPE worker_polls_total counter
worker_polls_total{worker=\"a\"} 7
worker_polls_total{worker=\"b\"} 7
# HELP worker_tasks Tasks.
# TYPE worker_tasks gauge
worker_tasks{worker=\"a\"} 3
worker_tasks{worker=\"b\"} 3
";
        assert!(page.ends_with(expected), "{page}");
    }

    // Mutation: the page doesn't ask the plan for what it has already.
    #[test]
    fn a_family_of_the_program_goes_before_one_of_a_source() {
        let registry = Registry::new();
        let gauge = registry.gauge("worker_tasks", "By hand.");
        gauge.expect("the name is valid").set(1.0);
        registry.set_source(Own::new("first", Worker("a")));
        let page = registry.to_text();
        assert!(page.contains("\nworker_tasks 1\n"), "{page}");
        assert!(!page.contains("worker_tasks{"), "{page}");
        assert!(page.contains("worker_polls_total{"), "{page}");
    }
}
