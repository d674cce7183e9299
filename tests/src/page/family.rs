//! A family and its samples.

use std::collections::BTreeMap;
use std::fmt;

/// The type of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A total that only rises.
    Counter,
    /// A value that goes up and down.
    Gauge,
    /// Cumulative buckets, a sum and a count.
    Histogram,
    /// Quantiles, a sum and a count.
    Summary,
    /// No TYPE line, or one that says so.
    Untyped,
}

impl Kind {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Counter,
            Self::Gauge,
            Self::Histogram,
            Self::Summary,
            Self::Untyped,
        ];
        all.into_iter().find(|kind| kind.to_string() == word)
    }

    /// What the names of its samples add to the name of the family.
    pub(super) fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Histogram => &["_bucket", "_sum", "_count"],
            Self::Summary => &["_sum", "_count"],
            Self::Counter | Self::Gauge | Self::Untyped => &[],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::Untyped => "untyped",
        })
    }
}

/// One sample line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sample {
    /// The name as written, with a suffix such as `_bucket`.
    pub name: String,
    /// The labels, `le` and `quantile` included.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
    /// The timestamp in milliseconds, when the line has one.
    pub timestamp: Option<i64>,
    /// The line it stands on, counted from 1.
    pub line: usize,
}

/// All lines of one family.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Family {
    /// The name that HELP and TYPE give.
    pub name: String,
    /// The type, untyped when no line says it.
    pub kind: Kind,
    /// The unescaped text of HELP.
    pub help: Option<String>,
    /// The samples in the order of the page.
    pub samples: Vec<Sample>,
    /// Whether a TYPE line was seen.
    pub(super) typed: bool,
}
