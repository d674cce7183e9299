//! A collector's place in a registry.

use super::collector::Shared;
use super::families::Families;
use super::model::Family;
use super::worker::{Collected, Failure, Ticket, Worker};
use crate::registry::bridge::{Id, family_of};
use std::fmt;
use std::mem::discriminant;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A collector, with the thread that it runs on.
pub(crate) struct Slot {
    pub(crate) name: String,
    /// Its families are the application's: they get the namespace and the
    /// constant labels.
    pub(crate) own: bool,
    worker: Worker<Vec<Family>>,
    /// What is wrong, if it is known to be.
    told: Mutex<Option<Failure>>,
    /// It gave a family or failed, once: before, it isn't worth a series.
    shown: AtomicBool,
}

impl Slot {
    fn new(name: String, own: bool, work: impl Fn() -> Collected + Send + Sync + 'static) -> Self {
        Self {
            name,
            own,
            worker: Worker::new(work),
            told: Mutex::new(None),
            shown: AtomicBool::new(false),
        }
    }

    pub(crate) fn of_collector(name: String, collector: Shared) -> Self {
        Self::new(name, false, move || {
            let mut families = Families::default();
            let done = collector.0.collect(&mut families);
            let failed = |error: &dyn fmt::Display| Failure::Failed(error.to_string());
            done.map_err(|error| failed(&error))?;
            families.finish().map_err(|error| failed(&error))
        })
    }

    pub(crate) fn of_prometheus(name: String, registry: prometheus::Registry) -> Self {
        Self::new(name, false, move || {
            Ok(registry.gather().iter().map(family_of).collect())
        })
    }

    pub(crate) fn of_callback(
        name: String,
        callback: impl Fn() -> Vec<Family> + Send + Sync + 'static,
    ) -> Self {
        Self::new(name, true, move || Ok(callback()))
    }

    /// As [`of_callback`](Self::of_callback), of what may fail, with this text.
    #[cfg(feature = "sqlx-migrate")]
    pub(crate) fn of_fallible(
        name: String,
        callback: impl Fn() -> Result<Vec<Family>, String> + Send + Sync + 'static,
    ) -> Self {
        Self::new(name, true, move || callback().map_err(Failure::Failed))
    }

    pub(crate) fn ask(&self, registry: Id, limit: Duration) -> Result<Ticket, Failure> {
        self.worker.ask(&self.name, registry, limit)
    }

    pub(crate) fn wait(&self, ticket: &Ticket, until: Instant) -> Collected {
        self.worker.wait(ticket, until)
    }

    /// Whether it has a series in `metrics_collector_success`; from now on if
    /// `show`.
    pub(crate) fn is_shown(&self, show: bool) -> bool {
        // Relaxed: a flag of its own.
        self.shown.fetch_or(show, Ordering::Relaxed) || show
    }

    /// Remembers how it went. True if it fails, and didn't the same way before.
    pub(crate) fn is_news(&self, failure: Option<&Failure>) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        // By kind: messages may have numbers in them.
        let news = failure.map(discriminant) != told.as_ref().map(discriminant);
        *told = failure.cloned();
        news && failure.is_some()
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Slot").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Slot;
    use crate::collect::worker::Failure;

    // Mutation: `is_news` compares the messages too.
    #[test]
    fn a_failure_is_news_once_and_again_after_it_was_over() {
        let slot = Slot::of_prometheus("a".to_owned(), prometheus::Registry::new());
        let failed = |text: &str| Some(Failure::Failed(text.to_owned()));
        assert!(!slot.is_news(None));
        assert!(slot.is_news(failed("after 3 s").as_ref()));
        assert!(!slot.is_news(failed("after 4 s").as_ref()));
        assert!(slot.is_news(Some(&Failure::Hung)));
        assert!(!slot.is_news(None));
        assert!(slot.is_news(Some(&Failure::Hung)));
    }
}
