//! What can be wrong with what a collector gives.

use crate::name::NameError;

/// What a collector gave isn't valid.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
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
    #[error("`{family}` has the label `{label}` twice; name each label once")]
    DuplicateLabel {
        /// The family's name.
        family: String,
        /// The label in question.
        label: String,
    },
    /// A series is given twice.
    #[error("`{family}` has two series with the labels {labels:?}; give each one once")]
    DuplicateSeries {
        /// The family's name.
        family: String,
        /// Its labels, by name.
        labels: Vec<(String, String)>,
    },
    /// A family is given again, with another kind or help text.
    #[error("`{family}` is given with two kinds or help texts; give it the same ones")]
    Differs {
        /// The family's name.
        family: String,
    },
    /// Two families have samples of one name.
    #[error("`{family}` and `{other}` have samples of the same name; rename one of them")]
    Clash {
        /// The family's name.
        family: String,
        /// The one before it.
        other: String,
    },
    /// A value that the family's kind can't have.
    #[error("a value of `{family}` isn't valid: {expected}")]
    Value {
        /// The family's name.
        family: String,
        /// The rule that it breaks.
        expected: &'static str,
    },
}
