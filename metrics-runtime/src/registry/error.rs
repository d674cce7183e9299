//! Errors of registration.

use crate::catalogue::Place;
use crate::collect::{CollectError, CollectorError};
use crate::desc::DescError;
use std::fmt;

/// Two declarations of one family that disagree.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Conflict {
    /// The family's name, without the namespace.
    pub family: String,
    /// What differs: the declaration in force against the refused one.
    pub difference: String,
    /// The family in force if it is another one, whose samples would have the
    /// same names.
    pub other: Option<String>,
    /// The call site in force; `None` when the family was made at run time.
    pub in_force: Option<Place>,
    /// The call site that records nowhere; `None` when the family was asked
    /// for by hand.
    pub refused: Option<Place>,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |place: Option<Place>| {
            place.map_or_else(
                || "code that records by hand".to_owned(),
                |place| place.to_string(),
            )
        };
        if let Some(other) = &self.other {
            return write!(
                f,
                "`{}`, declared by {} (records nowhere), would have samples of the same names as \
                 `{other}`, declared by {} (in force); give one of them another `name`",
                self.family,
                place(self.refused),
                place(self.in_force),
            );
        }
        write!(
            f,
            "`{}` is declared differently by {} (in force) and {} (records nowhere): {}; \
             give both the same declaration, or one another `name`",
            self.family,
            place(self.in_force),
            place(self.refused),
            self.difference
        )
    }
}

impl std::error::Error for Conflict {}

/// Why a family can't be registered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The description breaks a rule.
    #[error(transparent)]
    Invalid(#[from] DescError),
    /// A family of this name exists and is another one.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// A series with a value of its own breaks a rule.
    #[error(transparent)]
    Collected(CollectError),
    /// A callback's series is there already.
    #[error(transparent)]
    Collector(#[from] CollectorError),
}
