//! The kinds of families.

/// The kind of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A value that only rises.
    Counter,
    /// A value that rises and falls.
    Gauge,
    /// Observations counted in buckets.
    Histogram,
    /// A gauge of what runs, counted by its starts and ends.
    InProgress,
}

impl Kind {
    /// What tells the kind apart from all others.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::InProgress => "gauge of what is in progress",
            Self::Counter | Self::Gauge | Self::Histogram => self.as_str(),
        }
    }

    /// The word of the exposition formats, which know no more than three.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge | Self::InProgress => "gauge",
            Self::Histogram => "histogram",
        }
    }
}
