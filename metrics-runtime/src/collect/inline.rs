//! Families of the application that hold their value themselves and are read
//! where the page is made.

use super::model::{Family, Kind, Metric};
use std::any::Any;
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

    /// The family with these label sets.
    pub(crate) fn family(&self, metrics: Vec<Metric>) -> Family {
        Family {
            name: self.name.clone(),
            help: self.help.clone(),
            kind: self.kind,
            unit: String::new(),
            metrics,
        }
    }
}
