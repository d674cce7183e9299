//! Families of the `prometheus` crate's registries, as part of our page.

use super::gathering::Gathering;
use crate::diagnostics::{Diagnostic, report};
use crate::registry::{Registry, global};
use prometheus::proto::{Metric, MetricFamily};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Gathers the foreign registries of `registry`: those handed in, and the
/// `prometheus` crate's default one for the global registry.
///
/// A registry that panics is left out; its families are foreign code. Families
/// of one name and kind are joined; a series that comes again is left out. Our
/// own bridge in one of them gives nothing. Whoever asks for this page while a
/// registry is gathered on this thread gets it without foreign families.
pub(crate) fn gather(registry: &Registry) -> Vec<MetricFamily> {
    let mut foreign = registry.foreign();
    if std::ptr::eq(registry, global()) {
        foreign.push(prometheus::default_registry().clone());
    }
    let mut families: Vec<MetricFamily> = Vec::new();
    for foreign in foreign {
        let gathered = {
            let Some(_gathering) = Gathering::start(registry) else {
                return families;
            };
            catch_unwind(AssertUnwindSafe(|| foreign.gather()))
        };
        let Ok(gathered) = gathered else {
            report(&Diagnostic::ForeignPanic);
            continue;
        };
        for family in gathered {
            let same = |known: &&mut MetricFamily| known.name() == family.name();
            match families.iter_mut().find(same) {
                None => families.push(family),
                Some(known) if known.get_field_type() == family.get_field_type() => {
                    join(known, family);
                }
                Some(_) => registry.report_shadowed(family.name()),
            }
        }
    }
    families
}

/// Adds the series of `other` that `family` doesn't have.
fn join(family: &mut MetricFamily, mut other: MetricFamily) {
    let labels = |metric: &Metric| {
        let pairs = metric.get_label().iter();
        let mut pairs: Vec<(String, String)> = pairs
            .map(|pair| (pair.name().to_owned(), pair.value().to_owned()))
            .collect();
        pairs.sort_unstable();
        pairs
    };
    let mut known: BTreeSet<_> = family.get_metric().iter().map(labels).collect();
    let new = other.take_metric().into_iter();
    let new: Vec<Metric> = new.filter(|metric| known.insert(labels(metric))).collect();
    family.mut_metric().extend(new);
}
