//! What a listener records and tells about itself.

use crate::desc::Desc;
use crate::diagnostics::{Diagnostic, report};
use crate::record::at;
use crate::{Counter, Outcome, Registry};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

static ACCEPT_ERRORS: Desc = Desc::counter(
    "metrics_listener_accept_errors_total",
    "Times that the listener couldn't accept a connection, mostly for want of open files.",
    &[],
)
.about_itself();

/// The series of a listener, on the page from now on, and what was told.
#[derive(Debug)]
pub(super) struct Own {
    accept_errors: Counter,
    told: AtomicBool,
}

impl Own {
    pub(super) fn of(registry: &Registry) -> Self {
        Self {
            accept_errors: at(&registry.builtin(&ACCEPT_ERRORS), &[], Outcome::Ok),
            told: AtomicBool::new(false),
        }
    }

    /// Counts that nothing could be accepted, and tells it the first time.
    pub(super) fn not_accepted(&self, error: &io::Error) {
        self.accept_errors.inc();
        // Relaxed: a flag of its own.
        if !self.told.swap(true, Ordering::Relaxed) {
            let reason = error.to_string();
            report(&Diagnostic::Listener { reason });
        }
    }
}
