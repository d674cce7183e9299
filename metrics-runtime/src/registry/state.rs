//! What a registry knows, as its lock guards it, and the families in cells.

use super::collected::Collected;
use super::collector::Collectors;
use super::site::Toolkit;
use super::source::Sources;
use super::{Buckets, Conflict};
use crate::catalogue::Place;
use crate::collect::clash;
use crate::collect::model::Kind;
use crate::desc::{self, Desc, DescError, Schema};
use crate::record::FamilyCore;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The families in force, and what is known of the catalogue.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) families: BTreeMap<String, Declared>,
    /// Sites of the catalogue that were looked at.
    pub(super) scanned: usize,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) toolkit: Option<Toolkit>,
    /// Families that hold their values themselves, or are asked for them.
    pub(super) collected: BTreeMap<String, Collected>,
    /// What is asked for families.
    pub(super) collectors: Collectors,
    /// What the toolkit reads itself.
    pub(super) sources: Sources,
    /// Databases by their names, and who makes them, as their drivers tell.
    pub(super) drivers: BTreeMap<String, &'static str>,
    /// What the set-up says of buckets, once it has.
    pub(super) buckets: Option<Buckets>,
    /// Names of foreign families that were reported as left out.
    pub(super) shadowed: BTreeSet<String>,
}

/// A family, and who declared it.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) core: Arc<FamilyCore>,
    pub(super) by: Option<Place>,
}

impl From<desc::Kind> for Kind {
    fn from(kind: desc::Kind) -> Self {
        match kind {
            desc::Kind::Counter => Self::Counter,
            desc::Kind::Gauge | desc::Kind::InProgress => Self::Gauge,
            desc::Kind::Histogram => Self::Histogram,
        }
    }
}

impl State {
    pub(super) const fn new() -> Self {
        Self {
            families: BTreeMap::new(),
            scanned: 0,
            conflicts: Vec::new(),
            toolkit: None,
            collected: BTreeMap::new(),
            collectors: Collectors::new(),
            sources: Sources::new(),
            drivers: BTreeMap::new(),
            buckets: None,
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
                    other: None,
                    in_force: declared.by,
                    refused: by,
                }),
            };
        }
        self.check_clash(name, schema.kind.into(), by)?;
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

    /// A family may have no sample that another one has.
    pub(super) fn check_clash(
        &self,
        name: &str,
        kind: Kind,
        by: Option<Place>,
    ) -> Result<(), Conflict> {
        let kind_of = |name: &str| {
            let declared = self.families.get(name);
            let collected = || self.collected.get(name).map(|known| known.head.kind);
            declared
                .map(|declared| declared.core.schema.kind.into())
                .or_else(collected)
        };
        let Some(other) = clash(name, kind, kind_of) else {
            return Ok(());
        };
        Err(Conflict {
            family: name.to_owned(),
            difference: format!("samples that `{other}` has too"),
            in_force: self.families.get(&other).and_then(|declared| declared.by),
            refused: by,
            other: Some(other),
        })
    }

    pub(super) fn declare_desc(
        &mut self,
        desc: &Desc,
        by: Option<Place>,
    ) -> Result<Arc<FamilyCore>, Conflict> {
        self.declare_changed(desc, by, |_| {})
    }

    /// As [`declare_desc`](Self::declare_desc), with what `change` makes of it.
    pub(super) fn declare_changed(
        &mut self,
        desc: &Desc,
        by: Option<Place>,
        change: impl FnOnce(&mut Schema),
    ) -> Result<Arc<FamilyCore>, Conflict> {
        let mut schema = self.schema_of(desc).map_err(|error| Conflict {
            family: desc.full_name(),
            difference: error.to_string(),
            other: None,
            in_force: None,
            refused: by,
        })?;
        change(&mut schema);
        self.declare(schema, by)
    }

    /// A description, checked, with the buckets that the set-up gives it.
    pub(super) fn schema_of(&self, desc: &Desc) -> Result<Schema, DescError> {
        let mut schema = Schema::try_from(desc)?;
        if let Some(bounds) = self.buckets.as_ref().and_then(|buckets| buckets.of(desc)) {
            schema.buckets = bounds.to_vec();
        }
        Ok(schema)
    }
}
