//! Why a description is refused.

use super::schema::MOST_BUCKETS;
use crate::name::NameError;

/// Why a description can't become a family.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DescError {
    /// A name breaks a rule.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The help text is empty.
    #[error("`{family}` has no help text; say what it counts or measures")]
    NoHelp {
        /// The family's name.
        family: String,
    },
    /// A label is named twice.
    #[error("the label `{label}` stands twice; name each label once")]
    DuplicateLabel {
        /// The label in question.
        label: String,
    },
    /// The bounds aren't rising numbers.
    #[error("buckets must be rising finite numbers, at least one; got {bounds:?}")]
    Buckets {
        /// The bounds as given.
        bounds: Vec<f64>,
    },
    /// The buckets of a native histogram aren't possible.
    #[error(
        "native buckets have a finite factor above 1, and from 1 to 500 buckets; got {factor} and {max}"
    )]
    NativeBuckets {
        /// The factor as given.
        factor: f64,
        /// The most buckets as given.
        max: u32,
    },
    /// The series of so many buckets wouldn't fit into the cells of a chunk.
    #[error("a histogram has at most {MOST_BUCKETS} buckets; got {given}")]
    TooManyBuckets {
        /// How many bounds were given.
        given: usize,
    },
}
