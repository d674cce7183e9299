//! The registry that call sites record into unless they name another.

use super::Registry;
use crate::builtin::toolkit::DROPPED_OBSERVATIONS;
use crate::record::{FamilyCore, at};
use once_cell::sync::OnceCell;
use std::sync::Arc;

static GLOBAL: Registry = Registry::new();

/// The registry that annotated functions record into by default.
///
/// It needs no set-up; [`Metrics::builder`](crate::Metrics::builder) gives it
/// a namespace and constant labels.
pub const fn global() -> &'static Registry {
    &GLOBAL
}

/// Counts an observation that was refused because it is NaN.
pub(crate) fn dropped_observation() {
    static FAMILY: OnceCell<Arc<FamilyCore>> = OnceCell::new();
    let family = FAMILY.get_or_init(|| GLOBAL.builtin(&DROPPED_OBSERVATIONS));
    let dropped: crate::Counter = at(family, &["nan"], crate::Outcome::Ok);
    dropped.inc();
}
