//! The registry that call sites record into unless they name another.

use super::Registry;
use crate::builtin::Lazy;
use crate::builtin::toolkit::DROPPED_OBSERVATIONS;
use crate::outcome::Outcome;
use crate::record::{Counter, at};

static GLOBAL: Registry = Registry::new();

/// The registry that annotated functions record into by default.
///
/// It needs no set-up; [`Metrics::builder`](crate::Metrics::builder) gives it
/// a namespace and constant labels.
pub const fn global() -> &'static Registry {
    &GLOBAL
}

/// Counts an observation that was refused.
pub(crate) fn dropped_observation(reason: &str) {
    static FAMILY: Lazy = Lazy::new();
    let family = FAMILY.get(&DROPPED_OBSERVATIONS);
    let dropped: Counter = at(family, &[reason], Outcome::Ok);
    dropped.inc_by_unseen(1);
}

/// Counts an exemplar that was refused; this counter has none itself.
#[cfg(feature = "exemplars")]
pub(crate) fn dropped_exemplar(reason: &str) {
    static FAMILY: Lazy = Lazy::new();
    let family = FAMILY.get(&crate::builtin::toolkit::DROPPED_EXEMPLARS);
    let dropped: Counter = at(family, &[reason], Outcome::Ok);
    dropped.inc_by_unseen(1);
}
