//! What a site records: instruments, each a family, what is added to it, and where
//! its label values come from.

use super::Place;
use crate::builtin::function::{
    FUNCTION_CALLS_IN_PROGRESS, FUNCTION_CALLS_TOTAL, FUNCTION_DURATION_SECONDS,
};
use crate::desc::Desc;
use metrics_site::Plain;

/// What an instrument adds to its series when a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// One for each call.
    Calls,
    /// One for each call, which its request counts too.
    Queries,
    /// One for each call that went well.
    Successes,
    /// One for each call that failed.
    Errors,
    /// One for each call that took at least so many nanoseconds; zero stands for
    /// `METRICS_SLOW_QUERY_MS`.
    Slow(u64),
    /// The call's duration.
    Duration,
    /// The time in which an async call was polled.
    Busy,
    /// The rest of an async call's duration.
    Idle,
    /// The longest of an async call's polls.
    LongestPoll,
    /// The rows of a successful call.
    Rows,
    /// The rows of a successful call that has made them.
    Created,
    /// The rows of a successful call that has found them made.
    Replaced,
    /// One for each successful call that has found something.
    Hits,
    /// One for each successful call that has found nothing.
    Misses,
    /// What a stream has yielded.
    Items,
    /// The call, while it runs.
    InProgress,
    /// How long the oldest call has been running.
    Oldest,
    /// The time at which a call went well last, in seconds of Unix.
    LastSuccess,
    /// Nothing by itself: the site hands its series out.
    Handle,
}

impl Record {
    /// Whether it wants to know how long a call took.
    pub(super) const fn is_of_time(self) -> bool {
        matches!(
            self,
            Self::Slow(_) | Self::Duration | Self::Busy | Self::Idle | Self::LongestPoll
        )
    }
}

/// Where a label's value comes from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Source {
    /// It stands in the source.
    Constant(&'static str),
    /// It is the function's name.
    Function,
    /// It is the path of the module.
    Module,
    /// It is the nth value that the site evaluates at entry.
    Argument(usize),
    /// It is the nth value that the site reads from what the call returns; empty
    /// if it returns nothing.
    Returned(usize),
}

impl Source {
    /// The value, if it stands in the source, which is at `place`.
    pub(crate) fn constant(&self, place: Place) -> Option<&'static str> {
        match *self {
            Self::Constant(value) => Some(value),
            Self::Function => Some(place.function()),
            Self::Module => Some(place.module()),
            Self::Argument(_) | Self::Returned(_) => None,
        }
    }
}

/// One family that a site records into.
#[derive(Clone, Copy, Debug)]
pub struct Instrument {
    pub(crate) desc: &'static Desc,
    pub(crate) record: Record,
    /// In the order of the family's labels, `outcome` aside.
    pub(crate) labels: &'static [Source],
}

impl Instrument {
    /// An instrument of a site.
    pub const fn new(desc: &'static Desc, record: Record, labels: &'static [Source]) -> Self {
        Self {
            desc,
            record,
            labels,
        }
    }

    /// Whether a label value is read from what the call returns.
    pub(crate) fn is_late(&self) -> bool {
        let mut labels = self.labels.iter();
        labels.any(|source| matches!(source, Source::Returned(_)))
    }

    /// The label values, if all stand in the source, which is at `place`.
    pub(crate) fn constants(&self, place: Place) -> Option<Vec<&'static str>> {
        let constant = |source: &Source| source.constant(place);
        self.labels.iter().map(constant).collect()
    }
}

/// What a plain site records.
pub(super) const fn plain(plain: Plain) -> &'static [Instrument] {
    const LABELS: &[Source] = &[Source::Function, Source::Module];
    const CALLS: &[Instrument] = &[Instrument::new(
        &FUNCTION_CALLS_TOTAL,
        Record::Calls,
        LABELS,
    )];
    const DURATION: &[Instrument] = &[Instrument::new(
        &FUNCTION_DURATION_SECONDS,
        Record::Duration,
        LABELS,
    )];
    const IN_PROGRESS: &[Instrument] = &[Instrument::new(
        &FUNCTION_CALLS_IN_PROGRESS,
        Record::InProgress,
        LABELS,
    )];
    match plain {
        Plain::Calls => CALLS,
        Plain::Duration => DURATION,
        Plain::InProgress => IN_PROGRESS,
    }
}
