//! What is served: the families on the page of a registry.

use super::Registry;
use super::collected::Collected;
use crate::collect::model::Family;
use crate::collect::{Own, Readings};
use crate::diagnostics::{Diagnostic, report};
use crate::profile::{Databases, Profile};
use crate::record::FamilyCore;
use std::sync::Arc;

/// Families, with the names that they are served under.
pub(crate) type Served = Vec<(String, Arc<FamilyCore>)>;

impl Registry {
    /// Takes up the catalogue's new sites, and sets what is known only when it is
    /// asked for.
    pub(crate) fn refresh(&self) {
        self.with_state(|_| ());
        crate::record::set_all();
    }

    /// All families, with the names that they are served under.
    pub(crate) fn gather(&self) -> Served {
        self.refresh();
        let families = self.families_beyond(0);
        families.map_or_else(Vec::new, |(_, families)| families)
    }

    /// All families that are recorded into, also those which the profile replaces by
    /// others on the page.
    pub(crate) fn recorded(&self) -> Vec<Arc<FamilyCore>> {
        let state = self.lock();
        let families = state.families.values().map(|declared| &declared.core);
        families.cloned().collect()
    }

    /// How many families there are, if they are more than `known`, and all of those
    /// that the profile replaces by no other, with the names that they are served
    /// under.
    pub(crate) fn families_beyond(&self, known: usize) -> Option<(usize, Served)> {
        let settings = self.settings();
        let namespace = &settings.namespace;
        let exposed = |core: &Arc<FamilyCore>| {
            let name = core.schema.name.as_str();
            let namespace = if core.schema.namespaced {
                namespace
            } else {
                ""
            };
            (format!("{namespace}{name}"), Arc::clone(core))
        };
        let state = self.lock();
        let families = state.families.values().map(|declared| &declared.core);
        let len = state.families.len();
        let shown = |core: &&Arc<FamilyCore>| !settings.profile.replaces(&core.schema);
        (len > known).then(|| (len, families.filter(shown).map(exposed).collect()))
    }

    /// Puts what all families of the application have in common to one that isn't
    /// in cells.
    pub(crate) fn qualify(&self, family: &mut Family) {
        let settings = self.settings();
        for metric in &mut family.metrics {
            let own = metric.labels.len();
            for (name, value) in &settings.const_labels {
                // As with families in cells, their own labels go first.
                if !metric.labels[..own].iter().any(|(own, _)| own == name) {
                    metric.labels.push((name.clone(), value.clone()));
                }
            }
        }
        family.name.insert_str(0, &settings.namespace);
    }

    /// The families that are read where the page is made: those that hold their
    /// values themselves, those of the profile, then those of the toolkit's own sources,
    /// which describe the process and have neither a namespace nor constant labels.
    pub(crate) fn inline(&self) -> Vec<Family> {
        self.inline_of(|_| true)
    }

    /// Those of [`inline`](Self::inline), of the sources that `keep` names.
    pub(crate) fn inline_of(&self, keep: impl Fn(&str) -> bool) -> Vec<Family> {
        let (held, sources) = {
            let state = self.lock();
            let held: Vec<_> = state
                .collected
                .values()
                .filter_map(Collected::here)
                .collect();
            let sources = state.sources.all().filter(|own| keep(&own.name));
            let sources: Vec<Own> = sources.cloned().collect();
            (held, sources)
        };
        let families = held.into_iter().map(|(head, inline)| {
            let mut family = head.family(vec![inline.metric()]);
            self.qualify(&mut family);
            family
        });
        let families = families.chain(self.projected());
        families.chain(Readings::of(&sources)).collect()
    }

    /// The families of the profile that stand for others.
    fn projected(&self) -> Vec<Family> {
        let settings = self.settings();
        if settings.profile == Profile::Toolkit {
            return Vec::new();
        }
        let mut read = self.recorded();
        read.retain(|family| settings.profile.reads(&family.schema));
        let databases = Databases {
            said: &settings.vendors,
            drivers: self.lock().drivers.clone(),
        };
        let families = settings.profile.project(&read, &databases);
        let families = families.map(|mut family| {
            self.qualify(&mut family);
            family
        });
        families.collect()
    }

    /// Who makes the database of this name, as the driver of its connections tells.
    #[cfg(feature = "sqlx")]
    pub(crate) fn set_driver(&self, database: &str, vendor: &'static str) {
        self.lock().drivers.insert(database.to_owned(), vendor);
    }

    /// Reports, once for each name, a foreign family that is left out.
    pub(crate) fn report_shadowed(&self, family: &str) {
        if self.lock().shadowed.insert(family.to_owned()) {
            let family = family.to_owned();
            report(&Diagnostic::Shadowed { family });
        }
    }
}
