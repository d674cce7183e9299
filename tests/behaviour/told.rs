//! The diagnostics hook of a process, which it has once.

use std::sync::{Arc, Mutex, PoisonError};

use metrics_runtime::{Diagnostic, set_diagnostics_hook};

/// What the hook was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<Diagnostic>>>);

impl Told {
    /// Sets the process' hook: it keeps what it is told and then does `also`.
    pub(crate) fn hook(also: impl Fn() + Send + Sync + 'static) -> Self {
        let told = Self::default();
        let kept = told.clone();
        let hook = move |diagnostic: &Diagnostic| {
            let mut all = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(diagnostic.clone());
            drop(all);
            also();
        };
        set_diagnostics_hook(hook).expect("the process has no hook yet");
        told
    }

    /// Everything so far.
    pub(crate) fn all(&self) -> Vec<Diagnostic> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
