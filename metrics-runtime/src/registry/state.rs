//! The families of a registry, as its lock guards them.

use super::{Conflict, Registry};
use crate::builtin::toolkit;
use crate::catalogue::{self, Place, Site};
use crate::desc::{Desc, Schema};
use crate::outcome::Outcome;
use crate::record::{Counter, FamilyCore};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The families in force, and what is known of the catalogue.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) families: BTreeMap<String, Declared>,
    /// Sites of the catalogue that were looked at.
    scanned: usize,
    pub(super) conflicts: Vec<Conflict>,
    toolkit: Option<Toolkit>,
    /// Registries of the `prometheus` crate that were handed in.
    pub(super) foreign: Vec<prometheus::Registry>,
    /// Names of foreign families that were reported as left out.
    pub(super) shadowed: BTreeSet<String>,
}

/// A family, and who declared it.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) core: Arc<FamilyCore>,
    by: Option<Place>,
}

/// What a registry counts about itself.
#[derive(Debug)]
struct Toolkit {
    conflicts: Counter,
    overflows: Arc<FamilyCore>,
}

impl State {
    pub(super) const fn new() -> Self {
        Self {
            families: BTreeMap::new(),
            scanned: 0,
            conflicts: Vec::new(),
            toolkit: None,
            foreign: Vec::new(),
            shadowed: BTreeSet::new(),
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Arc<FamilyCore>> {
        self.families.get(name).map(|declared| &declared.core)
    }

    /// The family with this schema, made if there is none of its name.
    pub(super) fn declare(
        &mut self,
        schema: Schema,
        by: Option<Place>,
    ) -> Result<Arc<FamilyCore>, Conflict> {
        let name = schema.name.as_str();
        if let Some(declared) = self.families.get(name) {
            return match declared.core.schema.difference(&schema) {
                None => Ok(Arc::clone(&declared.core)),
                Some(difference) => Err(Conflict {
                    family: name.to_owned(),
                    difference,
                    in_force: declared.by,
                    refused: by,
                }),
            };
        }
        let overflows = self.toolkit.as_ref().map(|own| Arc::clone(&own.overflows));
        let name = name.to_owned();
        let core = Arc::new(FamilyCore::new(schema, by, overflows));
        let declared = Declared {
            core: Arc::clone(&core),
            by,
        };
        self.families.insert(name, declared);
        Ok(core)
    }

    pub(super) fn declare_desc(
        &mut self,
        desc: &Desc,
        by: Option<Place>,
    ) -> Result<Arc<FamilyCore>, Conflict> {
        let schema = Schema::try_from(desc).map_err(|error| Conflict {
            family: desc.full_name(),
            difference: error.to_string(),
            in_force: None,
            refused: by,
        })?;
        self.declare(schema, by)
    }

    /// Declares the toolkit's own families, before all others.
    fn declare_toolkit(&mut self) {
        let mut own = |desc| self.declare_desc(desc, None).ok();
        let families = [
            own(&toolkit::CONFLICTS),
            own(&toolkit::SERIES_OVERFLOW),
            own(&toolkit::DROPPED_OBSERVATIONS),
        ];
        if let [Some(conflicts), Some(overflows), Some(_)] = families {
            let slot = conflicts.constant(&[], &[Outcome::Ok]);
            let conflicts = FamilyCore::counter(slot.first);
            self.toolkit = Some(Toolkit {
                conflicts,
                overflows,
            });
        }
    }

    /// Takes up the sites that the catalogue got since the last time.
    pub(super) fn scan(&mut self, registry: &Registry) -> Vec<Conflict> {
        if self.toolkit.is_none() {
            self.declare_toolkit();
        }
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
                    Ok(family) => {
                        if let Some(values) = instrument.constants(site.place()) {
                            let may_fail = site.is_fallible() && family.schema.by_outcome;
                            let shown = if may_fail { 2 } else { 1 };
                            family.constant(&values, &[Outcome::Ok, Outcome::Error][..shown]);
                        }
                    }
                }
            }
        }
        self.refuse(&conflicts);
        conflicts
    }

    pub(super) fn refuse(&mut self, conflicts: &[Conflict]) {
        if let Some(own) = &self.toolkit {
            own.conflicts.inc_by_unseen(conflicts.len() as u64);
        }
        self.conflicts.extend_from_slice(conflicts);
    }
}
