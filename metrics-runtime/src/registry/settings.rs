//! What `build()` decides about a page.

use super::{Registry, global};
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

impl Registry {
    /// Whether others than these settings are in force already.
    pub(crate) fn has_other_settings(&self, settings: &Settings) -> bool {
        self.settings.get().is_some_and(|own| own != settings)
    }

    /// Fixes the settings; false when others are in force already.
    pub(crate) fn configure(&self, settings: Settings) -> bool {
        let wanted = settings.clone();
        *self.settings.get_or_init(|| settings) == wanted
    }

    /// The settings in force; those of the environment if nothing was built.
    pub(crate) fn settings(&self) -> &Settings {
        if let Some(settings) = self.settings.get() {
            return settings;
        }
        if !std::ptr::eq(self, global()) {
            return self.settings.get_or_init(Settings::default);
        }
        let settings = crate::config::settings_of_environment();
        let settings = self.settings.get_or_init(|| settings);
        // After the settings are fixed: the hook is user code and may come
        // back here.
        crate::config::report_environment();
        settings
    }
}
