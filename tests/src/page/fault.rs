//! What can be wrong with a page.

use super::Kind;

/// The first fault of a page and the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
#[non_exhaustive]
pub struct PageError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    #[source]
    pub fault: Fault,
}

/// A rule of the text format that a line breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// T1.
    #[error("bytes that aren't UTF-8")]
    NotUtf8,
    /// T1.
    #[error("a carriage return ends the line; lines end in a line feed alone")]
    CarriageReturn,
    /// T1.
    #[error("no line feed ends the last line")]
    NoFinalLineFeed,
    /// T2, T3.
    #[error("`\\{0}` is no escape here")]
    BadEscape(String),
    /// T4.
    #[error("second {keyword} of `{name}`")]
    Repeated {
        /// `HELP` or `TYPE`.
        keyword: &'static str,
        /// The family.
        name: String,
    },
    /// T5, T7.
    #[error("{keyword} of `{name}` comes after its samples")]
    Late {
        /// `HELP` or `TYPE`.
        keyword: &'static str,
        /// The family.
        name: String,
    },
    /// T6.
    #[error("`{0}` is no type of this format")]
    BadType(String),
    /// T7.
    #[error("the lines of `{0}` aren't one group")]
    Scattered(String),
    /// T7: one sample name would belong to two groups.
    #[error("`{name}` is a family, and a sample of the {kind} `{owner}` as well")]
    Overlap {
        /// The name with two meanings.
        name: String,
        /// The family with that sample.
        owner: String,
        /// The kind of `owner`.
        kind: Kind,
    },
    /// T8.
    #[error("the same series as on line {0}")]
    Duplicate(usize),
    /// T9: a sample that its family can't have.
    #[error("`{name}` is no sample of a {kind}")]
    Stray {
        /// The sample.
        name: String,
        /// The kind of its family.
        kind: Kind,
    },
    /// T9.
    #[error("`{name}` has no label `{label}`")]
    NoLabel {
        /// The sample.
        name: String,
        /// `le` or `quantile`.
        label: &'static str,
    },
    /// T9.
    #[error("`{0}` is missing for these labels")]
    Missing(String),
    /// T9.
    #[error("the bucket `+Inf` holds {bucket}, but `_count` is {count}")]
    CountMismatch {
        /// The value of the last bucket.
        bucket: String,
        /// The value of `_count`.
        count: String,
    },
    /// T9: buckets are cumulative.
    #[error("the bucket holds less than the one before")]
    ShrinkingBucket,
    /// T10.
    #[error("`{label}` doesn't rise above that of the line before")]
    NotRising {
        /// `le` or `quantile`.
        label: &'static str,
    },
    /// A count that is negative or no number.
    #[error("`{0}` can't be a count")]
    BadCount(String),
    /// T11.
    #[error("`{0}` is no number of this format")]
    BadNumber(String),
    /// T12.
    #[error("`{0}` is no timestamp in milliseconds")]
    BadTimestamp(String),
    /// T13: quoted names need a negotiated escaping.
    #[error("`{0}` is no metric name")]
    BadName(String),
    /// As [`Fault::BadName`].
    #[error("`{0}` is no label name")]
    BadLabelName(String),
    /// A name given twice within one pair of braces.
    #[error("second label `{0}` of one series")]
    RepeatedLabel(String),
    /// The grammar wants another character.
    #[error("expected {expected} at `{rest}`")]
    Expected {
        /// What the grammar wants.
        expected: &'static str,
        /// What follows instead.
        rest: String,
    },
    /// T15.
    #[error("{0} belongs to OpenMetrics")]
    OpenMetrics(&'static str),
}
