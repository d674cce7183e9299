//! How a call ended, and how its value says so.

mod told;

pub use told::{ByNothing, Classified, Probe, Tells, TypeProbe, TypeTold};

use crate::label::LabelValue;
use std::fmt;

/// How a call ended: the values of the label `outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It returned `Ok`, `Some`, `()`, any other value, or a response below 500.
    Ok,
    /// It returned `Err`, or a response of 500 and above.
    Error,
    /// It unwound.
    Panic,
    /// It was async and dropped before it finished.
    Cancelled,
}

impl Outcome {
    /// All outcomes, in the order of their index.
    pub const ALL: &'static [Self] = &[Self::Ok, Self::Error, Self::Panic, Self::Cancelled];

    /// The label value: `ok`, `error`, `panic` or `cancelled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Panic => "panic",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) const fn index(self) -> u32 {
        self as u32
    }
}

/// Decides the [`Outcome`] of a returned value of your own type.
///
/// `Result` needs no implementation: `Err` is an error, and an `Ok` whose
/// content implements `Classify` is asked in turn, so that
/// `Ok(StatusCode::BAD_GATEWAY)` is an error too. Every other type without an
/// implementation is [`Outcome::Ok`].
///
/// ```
/// use metrics_runtime::{Classify, Outcome, counted, global};
///
/// enum Verdict {
///     Accepted,
///     Refused,
/// }
///
/// impl Classify for Verdict {
///     fn outcome(&self) -> Outcome {
///         match self {
///             Self::Accepted => Outcome::Ok,
///             Self::Refused => Outcome::Error,
///         }
///     }
/// }
///
/// #[counted]
/// fn judge(score: u32) -> Verdict {
///     if score > 50 { Verdict::Accepted } else { Verdict::Refused }
/// }
///
/// judge(10);
/// let page = global().to_text();
/// let line = page.lines().find(|line| line.contains("\"judge\"") && line.contains("\"error\""));
/// assert!(line.is_some_and(|line| line.ends_with(" 1")));
/// # assert!(matches!(judge(51), Verdict::Accepted));
/// ```
pub trait Classify {
    /// The outcome that this value stands for.
    fn outcome(&self) -> Outcome;
}

impl Classify for Outcome {
    fn outcome(&self) -> Outcome {
        *self
    }
}

/// What a finished call tells the instruments of its site, beside its outcome.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// It has found something, or made it.
    pub(crate) found: bool,
    /// Rows that the call touched, one unless `rows` says otherwise; of a stream,
    /// what it has yielded.
    pub(crate) rows: u64,
    /// What the stream of the call has yielded, if the call got as far.
    pub(crate) items: u64,
    /// Label values that the site reads from what the call returned.
    pub(crate) labels: &'a [&'a dyn LabelValue],
    /// Label values that were evaluated at entry, for label sets that have values of
    /// the end too.
    pub(crate) texts: &'a [Box<str>],
    pub(crate) polls: Polls,
}

/// How long an async call was polled, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Polls {
    pub(crate) busy: u64,
    pub(crate) longest: u64,
}

impl<'a> Reading<'a> {
    /// Nothing of what was returned is read.
    pub(crate) const NONE: &'static Reading<'static> = &Reading::new();

    /// A call that has touched one row.
    pub const fn new() -> Self {
        Self {
            found: false,
            rows: 1,
            items: 0,
            labels: &[],
            texts: &[],
            polls: Polls {
                busy: 0,
                longest: 0,
            },
        }
    }

    /// Sets the rows that a successful call touched.
    #[must_use]
    pub const fn rows(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }

    /// Sets how many items the stream of the call has yielded.
    #[must_use]
    pub(crate) const fn items(mut self, items: u64) -> Self {
        self.items = items;
        self
    }

    /// Says whether a successful call has found something, or made it.
    #[must_use]
    pub const fn found(mut self, found: bool) -> Self {
        self.found = found;
        self
    }

    /// Gives the label values that were read from what the call returned.
    #[must_use]
    pub const fn labels(mut self, labels: &'a [&'a dyn LabelValue]) -> Self {
        self.labels = labels;
        self
    }
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("found", &self.found)
            .field("rows", &self.rows)
            .field("items", &self.items)
            .field("polls", &self.polls)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn indices_follow_the_order_of_all() {
        for (index, outcome) in (0..).zip(Outcome::ALL) {
            assert_eq!(outcome.index(), index);
        }
    }
}
