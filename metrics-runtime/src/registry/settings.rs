//! What `build()` decides about a page.

use crate::desc::Schema;
use crate::profile::Profile;

/// What `build()` decides about a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// With its underscore; empty without a namespace.
    pub(crate) namespace: String,
    pub(crate) const_labels: Vec<(String, String)>,
    pub(crate) profile: Profile,
    /// Databases, by the names that queries give them, and their vendors.
    pub(crate) vendors: Vec<(String, String)>,
}

impl Settings {
    /// The constant labels of a family's series.
    ///
    /// `build()` refuses a name that a family has as a label; one that was made later
    /// keeps its own.
    pub(crate) fn const_labels_of<'a>(
        &'a self,
        schema: &'a Schema,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let own = |name: &str| {
            let own = schema.labels.iter().any(|own| own.as_str() == name);
            own || schema.by_outcome && name == "outcome"
        };
        let constant = self.const_labels.iter();
        let constant = constant.filter(move |(name, _)| schema.namespaced && !own(name));
        constant.map(|(name, value)| (&**name, &**value))
    }
}
