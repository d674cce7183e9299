//! Families of the `prometheus` crate's registries, as part of our page.

use super::Registry;
use crate::diagnostics::{Diagnostic, report};
use prometheus::proto::MetricFamily;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Gathers the foreign registries of `registry`: those handed in, and the
/// `prometheus` crate's default one for the global registry.
///
/// A registry that panics is left out; its families are foreign code.
pub(crate) fn gather(registry: &Registry) -> Vec<MetricFamily> {
    let default = std::ptr::eq(registry, super::global()).then(prometheus::default_registry);
    let handed_in = registry.settings().foreign.iter();
    let mut families = Vec::new();
    for foreign in handed_in.chain(default) {
        match catch_unwind(AssertUnwindSafe(|| foreign.gather())) {
            Ok(gathered) => families.extend(gathered),
            Err(_) => report(&Diagnostic::ForeignPanic),
        }
    }
    families
}
