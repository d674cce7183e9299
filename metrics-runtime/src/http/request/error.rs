//! Why a layer can't be made.

use crate::name::NameError;

/// Why a layer can't be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpLayerError {
    /// A path isn't a regular expression.
    #[error("the excluded path `{pattern}` isn't a regular expression: {reason}")]
    Pattern {
        /// The expression.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The rate of a sample isn't one.
    #[error("the sample rate is {rate}; it is a share from 0 to 1, such as 0.1")]
    Rate {
        /// The rate as given.
        rate: f64,
    },
    /// The bounds of buckets can't be used.
    #[error(
        "the buckets are {bounds:?}; they are rising seconds above zero, from one to 500 of them"
    )]
    Buckets {
        /// The bounds as given.
        bounds: Vec<f64>,
    },
    /// The name of a label isn't valid.
    #[error(transparent)]
    Label(#[from] NameError),
    /// A label of that name is there already.
    #[error("the label `{label}` is there already; choose another name")]
    LabelTaken {
        /// The label in question.
        label: String,
    },
    /// Labels have too many values.
    #[error(
        "with the label `{label}`, each route would have {combinations} combinations of values; \
         at most 1000 are possible"
    )]
    TooManyValues {
        /// The label in question.
        label: String,
        /// How many there would be.
        combinations: usize,
    },
    /// The option isn't one of Django's families.
    #[error(
        "`{option}` is no option of `Profile::DjangoPrometheus`, whose families have each request \
         and Django's labels alone; leave it out, or take `Profile::Toolkit`"
    )]
    NotDjangos {
        /// The option in question.
        option: &'static str,
    },
}
