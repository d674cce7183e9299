//! A registry's families as values, for those who don't want a page of text.

mod cells;
mod collected;
mod family;
mod value;

pub use family::{FamilyKind, FamilySnapshot, SeriesSnapshot};
pub use value::{HistogramValue, NativeValue, SeriesValue, SummaryValue};

use crate::collect::model::Kind;
use crate::collect::without_clashes;
use crate::registry::{Registry, bridge};
use std::collections::HashMap;
use std::time::Instant;

/// All families of a registry at one time, by name: what is on its page, as values.
///
/// ```
/// let registry = metrics_runtime::Registry::new();
/// let logins = registry.counter_family("logins_total", "Logins.", ["method"])?;
/// logins.with(["password"]).inc_by(2);
///
/// let snapshot = registry.snapshot();
/// assert_eq!(snapshot.number("logins_total", &[("method", "password")]), Some(2.0));
/// assert_eq!(snapshot.number("logins_total", &[("method", "token")]), None);
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The families, by name.
    pub families: Vec<FamilySnapshot>,
    /// The names of collectors that failed, or weren't done in time.
    pub missing: Vec<String>,
}

impl Registry {
    /// All families as values, with the names, labels and collectors of the page.
    /// It is empty when recording is [turned off](crate::MetricsBuilder::enabled).
    ///
    /// It waits for collectors as a page does, up to their
    /// [deadline](crate::MetricsBuilder::collector_deadline), so call it where the
    /// thread may block. No scrape waits for it.
    pub fn snapshot(&self) -> Snapshot {
        take(self, None)
    }
}

/// All families; collectors have until `deadline`, or their own limit.
pub(crate) fn take(registry: &Registry, deadline: Option<Instant>) -> Snapshot {
    if !crate::config::recording() {
        return Snapshot::default();
    }
    crate::clock::calibrate();
    // As for a page: collectors are user code, and nothing is locked while they run.
    let (mut foreign, missing) = bridge::gather(registry, deadline);
    let mut shadowed = Vec::new();
    let mut families = cells::read(registry);
    families.sort_by(|a, b| a.name.cmp(&b.name));
    families.dedup_by(|later, first| {
        let same = later.name == first.name;
        if same {
            shadowed.push(later.name.clone());
        }
        same
    });
    let ours: HashMap<&str, Kind> = families
        .iter()
        .map(|family| (family.name.as_str(), family.kind.into()))
        .collect();
    // Ours go before those of collectors.
    let mut collected = registry.inline();
    collected.append(&mut foreign);
    shadowed.extend(without_clashes(&mut collected, |name| {
        ours.get(name).copied()
    }));
    families.extend(collected.into_iter().map(FamilySnapshot::from));
    families.sort_by(|a, b| a.name.cmp(&b.name));
    for name in shadowed {
        registry.report_shadowed(&name);
    }
    let missing = missing.into_iter().map(|missing| missing.collector);
    Snapshot {
        families,
        missing: missing.collect(),
    }
}

impl Snapshot {
    /// The family with this name, as the page has it: with the namespace and, for
    /// counters, with `_total`.
    pub fn family(&self, name: &str) -> Option<&FamilySnapshot> {
        self.families.iter().find(|family| family.name == name)
    }

    /// The value of a series with just these labels, in any order, of a counter, a
    /// gauge or another family whose series are single numbers.
    pub fn number(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        match self.family(name)?.series_with(labels)?.value {
            SeriesValue::Number(value) => Some(value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
