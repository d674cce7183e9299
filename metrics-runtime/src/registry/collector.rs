//! What is asked for families where a page is made: callbacks, collectors, and
//! registries of the `prometheus` crate.

use super::name::{check_all, check_free};
use super::{Registry, global};
use crate::builtin::toolkit::COLLECTOR_SUCCESS;
use crate::collect::{Collector, CollectorError, Shared, Slot, check_name};
use crate::outcome::Outcome;
use crate::record::Gauge;
use std::sync::Arc;
use std::time::Duration;

/// The name of the `prometheus` crate's default registry among collectors.
const DEFAULT: &str = "prometheus_default";

/// What a registry asks, each under a name of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Collectors {
    /// Callbacks first, then collectors, then registries of the `prometheus`
    /// crate, each in the order in which they came.
    slots: [Vec<Arc<Slot>>; 3],
    /// How many registries of the `prometheus` crate were handed in.
    foreign: usize,
    /// That of the `prometheus` crate, for the global registry.
    default: Option<Arc<Slot>>,
    /// How long collectors may take, if it was said.
    deadline: Option<Duration>,
}

impl Collectors {
    pub(super) const fn new() -> Self {
        Self {
            slots: [const { Vec::new() }; 3],
            foreign: 0,
            default: None,
            deadline: None,
        }
    }

    fn is_taken(&self, name: &str) -> bool {
        self.all().any(|slot| slot.name == name) || name == DEFAULT
    }

    /// A collector's name may be given once.
    pub(super) fn check_free(&self, name: &str) -> Result<(), CollectorError> {
        check_free(name, self.is_taken(name))
    }

    fn all(&self) -> impl Iterator<Item = &Arc<Slot>> {
        self.slots.iter().flatten()
    }

    /// Callbacks and collectors.
    fn own(&self) -> impl Iterator<Item = &Arc<Slot>> {
        let [callbacks, collectors, _] = &self.slots;
        callbacks.iter().chain(collectors)
    }

    /// Takes up a callback, whose name is free.
    pub(super) fn add_callback(&mut self, slot: Slot) {
        let [callbacks, ..] = &mut self.slots;
        callbacks.push(Arc::new(slot));
    }

    fn add(&mut self, name: String, collector: Shared) -> Result<(), CollectorError> {
        check_name(&name)?;
        self.check_free(&name)?;
        let [_, collectors, _] = &mut self.slots;
        collectors.push(Arc::new(Slot::of_collector(name, collector)));
        Ok(())
    }

    fn add_foreign(&mut self, registry: prometheus::Registry) {
        // A collector may have taken the name.
        let name = loop {
            self.foreign += 1;
            let name = format!("prometheus_{}", self.foreign);
            if !self.is_taken(&name) {
                break name;
            }
        };
        let [.., foreign] = &mut self.slots;
        foreign.push(Arc::new(Slot::of_prometheus(name, registry)));
    }

    /// All collectors, in the order in which they go before each other.
    fn in_order(&mut self, with_default: bool) -> Vec<Arc<Slot>> {
        let mut slots: Vec<_> = self.all().cloned().collect();
        if with_default {
            let default = self.default.get_or_insert_with(|| {
                let registry = prometheus::default_registry().clone();
                Arc::new(Slot::of_prometheus(DEFAULT.to_owned(), registry))
            });
            slots.push(Arc::clone(default));
        }
        slots
    }
}

impl Registry {
    /// Adds a collector, which gives its families each time that a page is made.
    ///
    /// # Errors
    ///
    /// [`CollectorError`] when its name isn't valid or taken.
    pub fn add_collector(&self, collector: impl Collector) -> Result<(), CollectorError> {
        self.add_shared(Shared::new(collector))
    }

    pub(crate) fn add_shared(&self, collector: Shared) -> Result<(), CollectorError> {
        let name = collector.name().to_owned();
        self.lock().collectors.add(name, collector)
    }

    /// Whether collectors may have these names.
    pub(crate) fn check_collectors(&self, names: &[String]) -> Result<(), CollectorError> {
        let state = self.lock();
        check_all(names, |name| state.collectors.is_taken(name))
    }

    /// Adds registries of the `prometheus` crate to the page.
    pub(crate) fn add_foreign(&self, foreign: Vec<prometheus::Registry>) {
        let mut state = self.lock();
        for registry in foreign {
            state.collectors.add_foreign(registry);
        }
    }

    /// The collectors, in the order in which they go before each other.
    pub(crate) fn slots(&self) -> Vec<Arc<Slot>> {
        self.lock()
            .collectors
            .in_order(std::ptr::eq(self, global()))
    }

    /// Callbacks and collectors, without registries of the `prometheus` crate.
    pub(crate) fn own_slots(&self) -> Vec<Arc<Slot>> {
        self.lock().collectors.own().cloned().collect()
    }

    /// Sets how long a page waits for all of its collectors, as
    /// [`collector_deadline`](crate::MetricsBuilder::collector_deadline) does where a
    /// registry is built.
    pub fn set_collector_deadline(&self, deadline: Duration) {
        self.lock().collectors.deadline = Some(deadline);
    }

    /// How long a page waits for collectors.
    pub(crate) fn collector_deadline(&self) -> Duration {
        let said = self.lock().collectors.deadline;
        said.unwrap_or_else(crate::config::collector_deadline)
    }

    /// Takes down how a collector did.
    pub(crate) fn collector_succeeded(&self, name: &str, success: bool) {
        let family = self.builtin(&COLLECTOR_SUCCESS);
        let gauge: Gauge = crate::record::at(&family, &[name], Outcome::Ok);
        gauge.set(if success { 1.0 } else { 0.0 });
    }
}
