//! What the toolkit reads itself where a page is made.

use super::Registry;
use super::name::{check_all, check_free};
use crate::collect::{CollectorError, Own, check_name};

/// Sources, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources(Vec<Own>);

impl Sources {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Own> {
        self.0.iter()
    }

    fn is_taken(&self, name: &str) -> bool {
        self.0.iter().any(|own| own.name == name)
    }

    /// Puts a source in the place of the one of its name, or behind all others.
    fn set(&mut self, own: Own) {
        let known = self.0.iter_mut().find(|known| known.name == own.name);
        match known {
            Some(known) => *known = own,
            None => self.0.push(own),
        }
    }

    /// Puts a source, whose name no other one has, behind all others.
    fn add(&mut self, own: Own) -> Result<(), CollectorError> {
        check_name(&own.name)?;
        check_free(&own.name, self.is_taken(&own.name))?;
        self.0.push(own);
        Ok(())
    }
}

impl Registry {
    /// Serves what a source gives, instead of the one of its name if there is one.
    pub(crate) fn set_source(&self, own: Own) {
        self.lock().sources.set(own);
    }

    /// Serves what a source gives, whose name no other one has.
    pub(crate) fn add_source(&self, own: Own) -> Result<(), CollectorError> {
        self.lock().sources.add(own)
    }

    /// Whether sources may be added under these names.
    pub(crate) fn check_sources(&self, names: &[String]) -> Result<(), CollectorError> {
        let state = self.lock();
        check_all(names, |name| state.sources.is_taken(name))
    }
}
