//! What is known of databases beside their families.

use std::collections::BTreeMap;

/// The vendor of a database of which nobody says anything.
const UNKNOWN: &str = "unknown";

/// Databases by their names, and who makes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Databases<'a> {
    /// What the set-up says.
    pub(crate) said: &'a [(String, String)],
    /// What the drivers of connections are.
    pub(crate) drivers: BTreeMap<String, &'static str>,
}

impl Databases<'_> {
    /// What the set-up says goes before the driver: a database may speak the protocol of
    /// another one.
    pub(super) fn vendor(&self, database: &str) -> &str {
        let mut said = self.said.iter();
        let said = said.find(|(known, _)| known == database);
        let said = said.map(|(_, vendor)| vendor.as_str());
        said.or_else(|| self.drivers.get(database).copied())
            .unwrap_or(UNKNOWN)
    }

    /// Whether the database is seen through its driver, which knows more of it than
    /// those who call it.
    pub(super) fn has_driver(&self, database: &str) -> bool {
        self.drivers.contains_key(database)
    }
}
