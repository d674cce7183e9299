//! A page: gathered, and written in one format.

use super::Format;
use super::filter::{self, Suffixes};
use super::section::Section;
use crate::collect::model::Family;
use crate::collect::without_clashes;
use crate::record::exemplar;
use crate::registry::{Registry, bridge};
use std::collections::BTreeSet;
use std::time::Instant;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) format: Format,
    /// Names of the families to serve; all if there are none.
    pub(crate) names: Option<&'a BTreeSet<String>>,
    /// When collectors of others must be done; their own limit if there is
    /// none.
    pub(crate) deadline: Option<Instant>,
}

impl Wanted<'_> {
    /// Whether one of our families is asked for.
    pub(super) fn has_section(&self, section: &Section) -> bool {
        let suffixes = filter::of_own(section.family.schema.kind);
        self.has(&section.name, suffixes)
    }

    /// Whether a collector's family is asked for.
    pub(super) fn has_collected(&self, family: &Family) -> bool {
        self.has(&family.name, filter::of_collected(family))
    }

    fn has(&self, family: &str, suffixes: Suffixes) -> bool {
        let names = self.names;
        names.is_none_or(|names| filter::names_family(names, family, suffixes))
    }
}

/// What is missing on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The collector's name.
    pub(crate) collector: String,
    /// What it did instead of collecting.
    pub(crate) reason: String,
}

/// Appends the page of a registry: families by name. Of two that clash, ours
/// stays, or the one that came first.
pub(crate) fn append(registry: &Registry, wanted: Wanted<'_>, out: &mut Vec<u8>) -> Vec<Missing> {
    if !crate::config::recording() {
        super::turned_off(wanted.format, out);
        return Vec::new();
    }
    // The longer the stretch, the more exact the clock.
    crate::clock::calibrate();
    // Foreign collectors and the diagnostics hook are user code and may ask for
    // this very page: nothing is locked while they run.
    let (mut foreign, missing) = bridge::gather(registry, wanted.deadline);
    registry.settings();
    registry.refresh();
    // Ours go before those of collectors. Read before the plan is locked: some are
    // the kernel's to answer.
    let mut collected = registry.inline();
    // What the `prometheus` crate's own collector tells of the process, ours tells too:
    // that it is left out is no news.
    let is_told = |name: &str| collected.iter().any(|own| own.name == name);
    foreign.retain(|family| !(family.name.starts_with("process_") && is_told(&family.name)));
    collected.append(&mut foreign);
    let mut plan = registry.plan();
    let mut shadowed = plan.update(registry);
    shadowed.extend(without_clashes(&mut collected, |name| plan.kind(name)));
    collected.sort_by(|a, b| a.name.cmp(&b.name));
    plan.append(registry, &collected, wanted, out);
    drop(plan);
    if wanted.format != Format::Text {
        exemplar::ask_again();
    }
    for family in shadowed {
        registry.report_shadowed(&family);
    }
    missing
}
