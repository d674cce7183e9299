//! Which of some states something is in.

use super::inline::{Head, Inline};
use super::model::{Kind, Metric, Value};
use super::rule::check_family;
use crate::label::ClosedLabel;
use crate::registry::{RegisterError, Registry};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Before anything was set.
const NONE: usize = usize::MAX;

#[derive(Debug)]
struct States {
    all: &'static [&'static str],
    current: AtomicUsize,
}

impl Inline for States {
    fn signature(&self) -> String {
        format!("states {:?}", self.all)
    }

    fn metric(&self) -> Metric {
        // Relaxed: a number of its own.
        let current = self.current.load(Ordering::Relaxed);
        let states = self.all.iter().enumerate();
        let states = states.map(|(index, state)| ((*state).to_owned(), index == current));
        Metric {
            labels: Vec::new(),
            value: Value::States(states.collect()),
            timestamp: None,
            created: None,
        }
    }
}

/// The state that something is in: one series for each state, of which the
/// current one is at one and all others are at zero.
///
/// ```
/// use metrics_runtime::{LabelValue, Registry};
///
/// #[derive(Clone, Copy, LabelValue)]
/// enum Phase {
///     Starting,
///     Ready,
/// }
///
/// let registry = Registry::new();
/// let phase = registry.state_set::<Phase>("phase", "What the program does.")?;
/// phase.set(Phase::Ready);
/// assert_eq!(phase.get(), Some("ready"));
/// let page = registry.to_text();
/// assert!(page.ends_with("phase{phase=\"starting\"} 0\nphase{phase=\"ready\"} 1\n"));
/// # let _ = Phase::Starting;
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Debug)]
pub struct StateSet<E> {
    states: Arc<States>,
    state: PhantomData<fn(E)>,
}

impl<E> Clone for StateSet<E> {
    fn clone(&self) -> Self {
        Self {
            states: Arc::clone(&self.states),
            state: PhantomData,
        }
    }
}

impl<E: ClosedLabel> StateSet<E> {
    /// Makes this the current state.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "states are small enums, which read best by value"
    )]
    pub fn set(&self, state: E) {
        // Relaxed, as in `metric`.
        self.states.current.store(state.index(), Ordering::Relaxed);
    }

    /// The current state as it is served; none before one was set.
    pub fn get(&self) -> Option<&'static str> {
        // Relaxed, as in `metric`.
        let current = self.states.current.load(Ordering::Relaxed);
        self.states.all.get(current).copied()
    }
}

impl Registry {
    /// A set of states, of which none holds until one is set; the one that exists
    /// if it is the same.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the name isn't valid or taken by another family.
    pub fn state_set<E: ClosedLabel>(
        &self,
        name: &str,
        help: &str,
    ) -> Result<StateSet<E>, RegisterError> {
        check_family(Kind::StateSet, name, help)?;
        let states = States {
            all: E::VALUES,
            current: AtomicUsize::new(NONE),
        };
        let states = self.declare_inline(Head::new(Kind::StateSet, name, help), states)?;
        Ok(StateSet {
            states,
            state: PhantomData,
        })
    }
}
