//! Families of the application that hold their value themselves and are read
//! where the page is made.

use super::families::CollectError;
use super::model::{Kind, Metric};
use crate::name::LabelName;
use std::any::Any;
use std::collections::HashSet;
use std::fmt::Debug;

/// Names and values of labels.
pub(crate) type Labels = Vec<(String, String)>;

/// One series that holds its value itself.
pub(crate) trait Inline: Any + Debug + Send + Sync {
    /// What tells it apart from another one of its family's name and kind.
    fn signature(&self) -> String;

    /// What is served.
    fn metric(&self) -> Metric;
}

/// What a family is called, and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) help: String,
    pub(crate) kind: Kind,
}

impl Head {
    pub(crate) fn new(kind: Kind, name: &str, help: &str) -> Self {
        Self {
            name: name.to_owned(),
            help: help.to_owned(),
            kind,
        }
    }
}

/// Checks the labels of a series.
pub(crate) fn check_labels(
    family: &str,
    kind: Kind,
    labels: &[(&str, &str)],
) -> Result<Labels, CollectError> {
    let mut names = HashSet::new();
    if kind == Kind::StateSet {
        // The label of the states themselves.
        names.insert(family);
    }
    for (name, _) in labels {
        LabelName::new(name)?;
        if !names.insert(name) {
            return Err(CollectError::DuplicateLabel {
                family: family.to_owned(),
                label: (*name).to_owned(),
            });
        }
    }
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Ok(labels.iter().map(owned).collect())
}

/// Labels by name, to be compared.
pub(super) fn sorted(labels: &Labels) -> Labels {
    let mut labels = labels.clone();
    labels.sort_unstable();
    labels
}
