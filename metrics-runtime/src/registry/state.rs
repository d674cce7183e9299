//! The families of a registry, as its lock guards them.

use super::{Buckets, Conflict, RegisterError, Registry, global};
use crate::builtin::toolkit;
use crate::catalogue::{self, Instrument, Place, Site};
use crate::collect::model::Kind;
use crate::collect::{CollectorError, Head, Inline, Own, Shared, Slot, check_name, clash};
use crate::config::latency_buckets_of_environment;
use crate::desc::{self, Desc, DescError, Schema};
use crate::outcome::Outcome;
use crate::record::{Counter, FamilyCore};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// The name of the `prometheus` crate's default registry among collectors.
const DEFAULT: &str = "prometheus_default";

/// The families in force, and what is known of the catalogue.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) families: BTreeMap<String, Declared>,
    /// Sites of the catalogue that were looked at.
    scanned: usize,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) toolkit: Option<Toolkit>,
    /// Families that hold their values themselves, or are asked for them.
    pub(super) collected: BTreeMap<String, Collected>,
    /// Callbacks first, then collectors, then registries of the `prometheus`
    /// crate, each in the order in which they came.
    slots: [Vec<Arc<Slot>>; 3],
    /// What the toolkit reads itself, in the order in which it came.
    pub(super) sources: Vec<Own>,
    /// Databases by their names, and who makes them, as their drivers tell.
    pub(super) drivers: BTreeMap<String, &'static str>,
    /// How many registries of the `prometheus` crate were handed in.
    foreign: usize,
    /// That of the `prometheus` crate, for the global registry.
    default: Option<Arc<Slot>>,
    /// How long collectors may take, if it was said.
    pub(super) deadline: Option<Duration>,
    /// What the set-up says of buckets, once it has.
    pub(super) buckets: Option<Buckets>,
    /// Names of foreign families that were reported as left out.
    pub(super) shadowed: BTreeSet<String>,
}

/// A family, and who declared it.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) core: Arc<FamilyCore>,
    by: Option<Place>,
}

/// A family that isn't in cells.
#[derive(Clone, Debug)]
pub(super) struct Collected {
    pub(super) head: Head,
    pub(super) values: Held,
}

/// Where the values of such a family are.
#[derive(Clone, Debug)]
pub(super) enum Held {
    Here(Arc<dyn Inline>),
    /// In the slots of callbacks, whose names keep the series apart; the names of
    /// the labels.
    Callbacks(Vec<String>),
}

impl Collected {
    /// Whether a series has this label.
    pub(super) fn has_label(&self, label: &str) -> bool {
        let states = self.head.kind == Kind::StateSet && self.head.name == label;
        let own = match &self.values {
            Held::Here(inline) => inline.metric().labels.iter().any(|(name, _)| name == label),
            Held::Callbacks(labels) => labels.iter().any(|name| name == label),
        };
        states || own
    }
}

/// What a registry counts about itself.
#[derive(Clone, Debug)]
pub(super) struct Toolkit {
    conflicts: Counter,
    overflows: Arc<FamilyCore>,
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
            slots: [const { Vec::new() }; 3],
            sources: Vec::new(),
            drivers: BTreeMap::new(),
            foreign: 0,
            default: None,
            deadline: None,
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
    fn check_clash(&self, name: &str, kind: Kind, by: Option<Place>) -> Result<(), Conflict> {
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

    /// Whether there is a family of this name and kind that isn't in cells.
    fn find_collected(&self, head: &Head) -> Result<Option<&Collected>, Conflict> {
        let conflict = |difference, in_force| Conflict {
            family: head.name.clone(),
            difference,
            other: None,
            in_force,
            refused: None,
        };
        if let Some(declared) = self.families.get(&head.name) {
            let difference = "a family in cells against one that isn't".to_owned();
            return Err(conflict(difference, declared.by));
        }
        let Some(known) = self.collected.get(&head.name) else {
            self.check_clash(&head.name, head.kind, None)?;
            return Ok(None);
        };
        let (own, given) = (&known.head, head);
        if own.kind != given.kind {
            let difference = format!("{:?} against {:?}", own.kind, given.kind);
            return Err(conflict(difference, None));
        }
        if own.help != given.help {
            let difference = format!("help {:?} against {:?}", own.help, given.help);
            return Err(conflict(difference, None));
        }
        Ok(Some(known))
    }

    /// The family that holds this value itself, made if there is none of its
    /// name.
    pub(super) fn declare_inline<T: Inline>(
        &mut self,
        head: Head,
        made: T,
    ) -> Result<Arc<T>, Conflict> {
        if let Some(known) = self.find_collected(&head)? {
            let (own, given) = match &known.values {
                Held::Here(inline) => (inline.signature(), made.signature()),
                Held::Callbacks(_) => ("a callback".to_owned(), "a value".to_owned()),
            };
            if let Held::Here(inline) = &known.values
                && own == given
                && let Ok(same) = (Arc::clone(inline) as Arc<dyn Any + Send + Sync>).downcast()
            {
                return Ok(same);
            }
            return Err(Conflict {
                family: head.name,
                difference: format!("{own} against {given}"),
                other: None,
                in_force: None,
                refused: None,
            });
        }
        let made = Arc::new(made);
        let values = Held::Here(Arc::<T>::clone(&made));
        self.collected
            .insert(head.name.clone(), Collected { head, values });
        Ok(made)
    }

    /// Takes up what is asked for together; callbacks of one family have the same
    /// labels.
    pub(super) fn declare_callbacks(
        &mut self,
        families: &[(Head, Vec<String>)],
        slot: Slot,
    ) -> Result<(), RegisterError> {
        for (head, labels) in families {
            self.check_callback(head, labels)?;
        }
        self.check_free(&slot.name)?;
        let [callbacks, ..] = &mut self.slots;
        callbacks.push(Arc::new(slot));
        for (head, labels) in families.iter().cloned() {
            let values = Held::Callbacks(labels);
            self.collected
                .entry(head.name.clone())
                .or_insert(Collected { head, values });
        }
        Ok(())
    }

    fn check_callback(&self, head: &Head, labels: &[String]) -> Result<(), Conflict> {
        let own = match self.find_collected(head)?.map(|known| &known.values) {
            None => return Ok(()),
            Some(Held::Callbacks(own)) if own == labels => return Ok(()),
            Some(Held::Callbacks(own)) => format!("labels {own:?}"),
            Some(Held::Here(_)) => "a value".to_owned(),
        };
        Err(Conflict {
            family: head.name.clone(),
            difference: format!("{own} against a callback with labels {labels:?}"),
            other: None,
            in_force: None,
            refused: None,
        })
    }

    /// A collector's name may be given once.
    pub(super) fn check_free(&self, name: &str) -> Result<(), CollectorError> {
        let taken = self.all_slots().any(|slot| slot.name == name) || name == DEFAULT;
        let error = || CollectorError::Taken {
            name: name.to_owned(),
        };
        (!taken).then_some(()).ok_or_else(error)
    }

    fn all_slots(&self) -> impl Iterator<Item = &Arc<Slot>> {
        self.slots.iter().flatten()
    }

    /// Callbacks and collectors.
    pub(super) fn own_slots(&self) -> impl Iterator<Item = &Arc<Slot>> {
        let [callbacks, collectors, _] = &self.slots;
        callbacks.iter().chain(collectors)
    }

    pub(super) fn add_collector(
        &mut self,
        name: String,
        collector: Shared,
    ) -> Result<(), CollectorError> {
        check_name(&name)?;
        self.check_free(&name)?;
        let [_, collectors, _] = &mut self.slots;
        collectors.push(Arc::new(Slot::of_collector(name, collector)));
        Ok(())
    }

    /// Whether a source may be added under this name.
    pub(super) fn check_source(&self, name: &str) -> Result<(), CollectorError> {
        check_name(name)?;
        let taken = self.sources.iter().any(|own| own.name == name);
        let error = || CollectorError::Taken {
            name: name.to_owned(),
        };
        (!taken).then_some(()).ok_or_else(error)
    }

    /// Puts a source in the place of the one of its name, or behind all others.
    pub(super) fn set_source(&mut self, own: Own) {
        let known = self.sources.iter_mut().find(|known| known.name == own.name);
        match known {
            Some(known) => *known = own,
            None => self.sources.push(own),
        }
    }

    pub(super) fn add_foreign(&mut self, registry: prometheus::Registry) {
        // A collector may have taken the name.
        let name = loop {
            self.foreign += 1;
            let name = format!("prometheus_{}", self.foreign);
            if self.check_free(&name).is_ok() {
                break name;
            }
        };
        let [.., foreign] = &mut self.slots;
        foreign.push(Arc::new(Slot::of_prometheus(name, registry)));
    }

    /// All collectors, in the order in which they go before each other.
    pub(super) fn slots(&mut self, with_default: bool) -> Vec<Arc<Slot>> {
        let mut slots: Vec<_> = self.all_slots().cloned().collect();
        if with_default {
            let default = self.default.get_or_insert_with(|| {
                let registry = prometheus::default_registry().clone();
                Arc::new(Slot::of_prometheus(DEFAULT.to_owned(), registry))
            });
            slots.push(Arc::clone(default));
        }
        slots
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
