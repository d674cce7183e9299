//! A series by its labels: whether it is wanted, and what it says.

use super::database::Databases;
use super::exception::exception_of;
use super::rule::{Origin, Which};
use crate::name::LabelName;
use crate::record::{FamilyCore, Series};

/// The labels of a series, its outcome among them.
pub(super) struct Labelled<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Labelled<'a> {
    pub(super) fn new(
        family: &'a FamilyCore,
        series: &'a Series,
        more: &[(&'a str, &'a str)],
    ) -> Self {
        let names = family.schema.labels.iter().map(LabelName::as_str);
        let own = names.zip(series.values.iter().map(String::as_str));
        let outcome = series.outcome.map(|outcome| ("outcome", outcome));
        Self(own.chain(outcome).chain(more.iter().copied()).collect())
    }

    /// The value of a label; empty if there is none.
    fn get(&self, label: &str) -> &'a str {
        let mut labels = self.0.iter();
        let found = labels.find(|(name, _)| *name == label);
        found.map_or("", |(_, value)| *value)
    }

    pub(super) fn has(&self, labels: &[(&str, &str)]) -> bool {
        let mut labels = labels.iter();
        labels.all(|(name, value)| self.get(name) == *value)
    }

    pub(super) fn is_wanted(&self, which: Which) -> bool {
        match which {
            Which::All | Which::WithoutDriver(_) => true,
            Which::With(labels) => self.has(labels),
            Which::Without(label, value) => self.get(label) != value,
        }
    }

    /// Whether another source has taken the place of this one, for this series.
    pub(super) fn gives_way(&self, which: Which, databases: &Databases<'_>) -> bool {
        matches!(which, Which::WithoutDriver(label) if databases.has_driver(self.get(label)))
    }

    pub(super) fn value_of(&self, origin: Origin, databases: &Databases<'_>) -> String {
        match origin {
            Origin::Label(label) => self.get(label),
            Origin::VendorOf(label) => databases.vendor(self.get(label)),
            Origin::ExceptionOf(label) => exception_of(self.get(label)),
        }
        .to_owned()
    }
}
