//! Call sites, as a registry takes them up from the catalogue.

use super::state::State;
use super::{Buckets, Conflict, Registry, global};
use crate::builtin::toolkit;
use crate::catalogue::{self, Declared as _, Instrument, Site};
use crate::config::latency_buckets_of_environment;
use crate::desc::Desc;
use crate::outcome::Outcome;
use crate::record::{Counter, FamilyCore};
use std::sync::Arc;

/// What a registry counts about itself.
#[derive(Clone, Debug)]
pub(super) struct Toolkit {
    conflicts: Counter,
    pub(super) overflows: Arc<FamilyCore>,
}

impl State {
    /// Declares the toolkit's own families, before all others.
    pub(super) fn declare_toolkit(&mut self) -> Option<[Arc<FamilyCore>; 3]> {
        let mut own = |desc| self.declare_desc(desc, None).ok();
        Some([
            own(&toolkit::CONFLICTS)?,
            own(&toolkit::SERIES_OVERFLOW)?,
            own(&toolkit::DROPPED_OBSERVATIONS)?,
        ])
    }

    /// Takes up the sites that the catalogue got since the last time.
    pub(super) fn scan(&mut self, registry: &Registry) -> Vec<Conflict> {
        if self.toolkit.is_none() {
            if std::ptr::eq(registry, global()) {
                // What `build` says was said before.
                self.buckets.get_or_insert_with(|| Buckets {
                    latency: latency_buckets_of_environment(),
                    ..Buckets::default()
                });
            }
            if let Some([conflicts, overflows, _]) = self.declare_toolkit() {
                let slot = conflicts.constant(&[], &[Outcome::Ok]);
                let conflicts = FamilyCore::counter(slot.first);
                self.toolkit = Some(Toolkit {
                    conflicts,
                    overflows,
                });
            }
        }
        let conflicts = self.declare_sites(registry, |site, instrument, family| {
            if let Some(values) = instrument.constants(site.place()) {
                let may_fail = site.is_fallible() && family.schema.by_outcome;
                let shown = if may_fail { 2 } else { 1 };
                family.constant(&values, &[Outcome::Ok, Outcome::Error][..shown]);
            }
        });
        self.refuse(&conflicts);
        conflicts
    }

    /// Declares the families of new sites, and calls `declared` with each.
    pub(super) fn declare_sites(
        &mut self,
        registry: &Registry,
        declared: impl Fn(&'static Site, &'static Instrument, &FamilyCore),
    ) -> Vec<Conflict> {
        let (len, new) = catalogue::since(self.scanned);
        let mut sites: Vec<&'static Site> = new
            .filter(|site| std::ptr::eq(site.registry(), registry))
            .collect();
        self.scanned = len;
        sites.sort_by_key(|site| site.place().rank());
        let mut conflicts = Vec::new();
        for site in sites {
            for instrument in site.instruments() {
                match self.declare_desc(instrument.desc, Some(site.place())) {
                    // Attributes beside ours may have copied a function with
                    // its site, which is still one place.
                    Err(conflict) if conflicts.contains(&conflict) => {}
                    Err(conflict) => conflicts.push(conflict),
                    Ok(family) => declared(site, instrument, &family),
                }
            }
        }
        conflicts
    }

    pub(super) fn refuse(&mut self, conflicts: &[Conflict]) {
        if let Some(own) = &self.toolkit {
            own.conflicts.inc_by_unseen(conflicts.len() as u64);
        }
        self.conflicts.extend_from_slice(conflicts);
    }
}

impl Registry {
    /// Call sites that record nowhere, because another one in force declares
    /// their family differently.
    ///
    /// One line in a test finds them without starting the program; call sites
    /// of functions that are never called are listed too.
    ///
    /// ```
    /// assert_eq!(metrics_runtime::global().conflicts(), []);
    /// ```
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.with_state(|state| state.conflicts.clone())
    }

    /// The families of a site's instruments; `None` where another site's
    /// declaration is in force.
    pub(crate) fn families_of(&self, site: &Site) -> Vec<Option<Arc<FamilyCore>>> {
        let in_force = |state: &mut State, desc: &Desc| {
            let schema = state.schema_of(desc).ok()?;
            let family = state.find(schema.name.as_str())?;
            let same = family.schema.difference(&schema).is_none();
            same.then(|| Arc::clone(family))
        };
        self.with_state(|state| {
            let instruments = site.instruments().iter();
            instruments
                .map(|instrument| in_force(state, instrument.desc))
                .collect()
        })
    }
}
