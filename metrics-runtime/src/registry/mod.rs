//! Registries: which families are in force, and what goes on their page.

pub(crate) mod bridge;
mod bucket;
mod collected;
mod collector;
mod error;
mod family;
mod global;
mod name;
mod page;
mod served;
mod settings;
mod site;
mod source;
mod state;
#[cfg(test)]
mod tests;
mod trial;

pub(crate) use bucket::Buckets;
pub use error::{Conflict, RegisterError};
#[cfg(feature = "exemplars")]
pub(crate) use global::dropped_exemplar;
pub(crate) use global::dropped_observation;
pub use global::global;
pub(crate) use settings::Settings;
pub(crate) use trial::Trial;

use crate::diagnostics::{Diagnostic, report};
use crate::encode::Plan;
use once_cell::sync::OnceCell;
use state::State;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A set of families and their page.
///
/// A registry is `const`-constructible, so that a `static` one can be named by
/// `registry = path` on an attribute.
///
/// ```
/// use metrics_runtime::{Registry, counted};
///
/// static AUDIT: Registry = Registry::new();
///
/// #[counted(registry = AUDIT)]
/// fn log_in() {}
///
/// log_in();
/// assert!(AUDIT.to_text().contains("function=\"log_in\""));
/// assert!(!metrics_runtime::global().to_text().contains("function=\"log_in\""));
/// ```
///
/// # Memory
///
/// Once its page was served, a registry takes on the heap, to within 10 %,
///
/// - 4,000 bytes,
/// - 700 bytes for each family, and 80 for each bucket of a histogram,
/// - 67 bytes for each label set, and its labels as text, which is the names, the
///   values, and 4 bytes for each pair,
/// - for each series of a histogram, 24 bytes and 8 for each bucket,
///
/// where the one up to `+Inf` is a bucket. That is 150 bytes at most for a
/// counter with three labels of usual lengths, and 300 for such a histogram of
/// 12 buckets. Cells come on top: they are shared by all registries. Label sets
/// and their cells are kept until the process ends, also when a registry is
/// dropped.
#[derive(Debug, Default)]
pub struct Registry {
    state: Mutex<State>,
    settings: OnceCell<Settings>,
    /// Locked before the state where both are.
    plan: Mutex<Plan>,
}

impl Registry {
    /// An empty registry.
    pub const fn new() -> Self {
        Self {
            state: Mutex::new(State::new()),
            settings: OnceCell::new(),
            plan: Mutex::new(Plan::new()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        crate::catalogue::install();
        // No user code runs under the lock, so a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` on the state after the catalogue's new sites were taken up.
    fn with_state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let conflicts = state.scan(self);
        let done = work(&mut state);
        drop(state);
        // The hook is user code and may come back here.
        for conflict in conflicts {
            report(&Diagnostic::Conflict(conflict));
        }
        done
    }
}
