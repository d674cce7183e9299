//! Our families, for a registry of the `prometheus` crate.

use super::foreign::gather_own;
use super::gathering::{Gathering, Id};
use super::proto::to_proto;
use crate::collect::model::{self, Family, Metric, Value};
use crate::collect::without_clashes;
use crate::collector::PROCESS;
use crate::desc::Kind;
use crate::name::LabelName;
use crate::record::{FamilyCore, InProgress};
use crate::registry::Registry;
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use std::collections::HashMap;

/// A registry of ours as one collector.
#[derive(Debug)]
struct Bridge(&'static Registry);

impl Registry {
    /// This registry as a collector of the `prometheus` crate, so that a program
    /// which gathers from one of that crate's registries sees our families too,
    /// with the namespace and constant labels that they have on our page.
    ///
    /// Register it once: the crate tells collectors without descriptors, like
    /// this one, not apart. Our own page leaves it out, so it may be registered
    /// in `prometheus::default_registry()`. That crate joins families of one
    /// name without a look at their kinds; name ours otherwise than others.
    ///
    /// Callbacks and collectors of this registry are asked too, under their
    /// deadline, unless another of our registries is gathering on this thread; the
    /// `prometheus` crate's registries that it was given are not. That crate's model
    /// has neither exemplars nor native buckets, for which fixed ones stand, and
    /// infos, state sets and values of unknown kind are gauges.
    ///
    /// ```
    /// use metrics_runtime::{counted, global};
    ///
    /// #[counted]
    /// fn render() {}
    ///
    /// let registry = prometheus::Registry::new();
    /// registry.register(Box::new(global().collector()))?;
    /// render();
    /// let families = registry.gather();
    /// assert!(families.iter().any(|family| family.name() == "function_calls_total"));
    /// # Ok::<(), prometheus::Error>(())
    /// ```
    pub fn collector(&'static self) -> impl Collector {
        Bridge(self)
    }
}

impl Collector for Bridge {
    /// None: which families there are is only known while collecting.
    fn desc(&self) -> Vec<&Desc> {
        Vec::new()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // Our own page has our families already.
        if Gathering::is_of(self.0) || !crate::config::recording() {
            return Vec::new();
        }
        // A page that a diagnostics hook asks for in here is one of ours alone:
        // the registry that collects holds its lock.
        let gathering = Gathering::start(Id::of(self.0));
        crate::clock::calibrate();
        // Another of our registries that gathers on this thread may be what one of
        // our collectors waits for.
        let asked = gathering.is_some().then(|| gather_own(self.0));
        let families = self.0.gather().into_iter();
        let mut families: Vec<Family> = families
            .map(|(name, family)| family_of_cells(self.0, name, &family))
            .collect();
        let ours: HashMap<String, model::Kind> = families
            .iter()
            .map(|family| (family.name.clone(), family.kind))
            .collect();
        // That crate has a collector of its own for the process, and joins families of
        // one name: they would stand there twice.
        let mut collected = self.0.inline_of(|source| source != PROCESS);
        collected.extend(asked.into_iter().flatten());
        for name in without_clashes(&mut collected, |name| ours.get(name).copied()) {
            self.0.report_shadowed(&name);
        }
        families.append(&mut collected);
        families.into_iter().map(to_proto).collect()
    }
}

/// The series of a family in cells that are on the registry's page, under the name
/// that it has there.
fn family_of_cells(registry: &Registry, name: String, family: &FamilyCore) -> Family {
    let schema = &family.schema;
    let owned = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let constant = registry.settings().const_labels_of(schema);
    let constant: Vec<_> = constant.map(|(name, value)| owned(name, value)).collect();
    let series = family.series().into_iter().filter_map(|series| {
        let (value, touched) = read_series(family, series.cell);
        let names = schema.labels.iter().map(LabelName::as_str);
        let labels = names
            .zip(&series.values)
            .map(|(name, value)| owned(name, value));
        let outcome = series.outcome.map(|outcome| owned("outcome", outcome));
        let labels = labels.chain(outcome).chain(constant.iter().cloned());
        (series.shown || touched).then(|| Metric {
            labels: labels.collect(),
            value,
            timestamp: None,
            created: None,
        })
    });
    Family {
        metrics: series.collect(),
        name,
        help: schema.help.clone(),
        kind: schema.kind.into(),
        unit: String::new(),
    }
}

/// What a series holds, and whether it was ever recorded into.
pub(crate) fn read_series(family: &FamilyCore, cell: u32) -> (Value, bool) {
    #[expect(clippy::cast_precision_loss, reason = "the model holds doubles")]
    match family.schema.kind {
        Kind::Counter => {
            let value = FamilyCore::counter(cell).get();
            (Value::Number(value as f64), value != 0)
        }
        Kind::Gauge => {
            let value = FamilyCore::gauge(cell).get();
            (Value::Number(value), value.to_bits() != 0)
        }
        Kind::InProgress => {
            let value = InProgress { cell }.get();
            (Value::Number(value as f64), value != 0)
        }
        Kind::Histogram => {
            let snapshot = family.histogram(cell).snapshot();
            let mut count = 0;
            let counts = snapshot.buckets.iter().map(|own| {
                count += own;
                count
            });
            let counts: Vec<u64> = counts.collect();
            let bounds = family.bounds.values().iter().copied();
            let value = Value::Histogram {
                buckets: bounds.zip(counts).collect(),
                sum: snapshot.sum,
                count,
            };
            (value, count != 0)
        }
    }
}
