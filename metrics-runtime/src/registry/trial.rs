//! A set-up that is tried before it is in force.

use super::state::State;
use super::{Buckets, Conflict, Registry};
use crate::record::FamilyCore;

/// What a registry would be under a set-up. It is thrown away: families that call
/// sites declare keep the buckets that they get first, so a set-up that is refused may
/// declare none.
#[derive(Debug)]
pub(crate) struct Trial(State);

impl Registry {
    /// This registry under a set-up with these buckets.
    ///
    /// # Errors
    ///
    /// The name of a family that has other buckets already.
    pub(crate) fn try_buckets(&self, buckets: Buckets) -> Result<Trial, &'static str> {
        let state = self.lock();
        let buckets = state.decide(buckets)?;
        Ok(Trial(state.tried(self, buckets)))
    }
}

impl State {
    /// What this would be if a set-up with these buckets were in force. Nothing is
    /// recorded into it.
    fn tried(&self, registry: &Registry, buckets: Buckets) -> Self {
        let mut tried = self.clone();
        tried.buckets = Some(buckets);
        if tried.toolkit.is_none() {
            tried.declare_toolkit();
        }
        let conflicts = tried.declare_sites(registry, |_, _, _| ());
        tried.conflicts.extend(conflicts);
        tried
    }
}

impl Trial {
    /// A family of the application that has this label.
    pub(crate) fn family_with_label(&self, label: &str) -> Option<String> {
        let has = |core: &FamilyCore| {
            let schema = &core.schema;
            let own = schema.labels.iter().any(|own| own.as_str() == label);
            schema.namespaced && own
        };
        let mut families = self.0.families.iter();
        let declared = families.find(|(_, declared)| has(&declared.core));
        let mut collected = self.0.collected.iter();
        let mut collected = || collected.find(|(_, known)| known.has_label(label));
        let name = declared.map(|(name, _)| name);
        name.or_else(|| collected().map(|(name, _)| name)).cloned()
    }

    /// Call sites that would record nowhere.
    pub(crate) fn conflicts(&self) -> &[Conflict] {
        &self.0.conflicts
    }
}
