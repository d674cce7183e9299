//! Exemplars: which ones may stand beside a sample.

use super::{Labels, same};
use std::time::{SystemTime, UNIX_EPOCH};

/// An exemplar as it was recorded, or as a page has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exemplar {
    pub(crate) labels: Labels,
    pub(crate) value: f64,
    /// In seconds of Unix, on a page; none in what is expected.
    pub(crate) timestamp: Option<f64>,
}

/// What exemplars a sample must have.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Rule {
    #[default]
    None,
    /// One of these: pages of other tests decide which recording is the first
    /// one after a page.
    One(Vec<Exemplar>),
    /// At most so many, all of them among these.
    AtMost(usize, Vec<Exemplar>),
}

impl Rule {
    /// One of these, if there are any.
    pub(super) fn one_of(candidates: Vec<Exemplar>) -> Self {
        if candidates.is_empty() {
            Self::None
        } else {
            Self::One(candidates)
        }
    }

    /// Whether these exemplars of one sample keep it.
    pub(super) fn allows(&self, found: &[Exemplar]) -> bool {
        let (least, most, candidates) = match self {
            Self::None => (0, 0, &[][..]),
            Self::One(candidates) => (1, 1, &candidates[..]),
            Self::AtMost(most, candidates) => (0, *most, &candidates[..]),
        };
        let known = |found: &Exemplar| candidates.iter().any(|it| it.is_shown_as(found));
        (least..=most).contains(&found.len()) && found.iter().all(|it| known(it) && it.is_recent())
    }
}

impl Exemplar {
    pub(crate) fn is_shown_as(&self, found: &Self) -> bool {
        self.labels == found.labels && same(self.value, found.value)
    }

    /// It was recorded within the hours that a run may take.
    pub(crate) fn is_recent(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.expect("it is after 1970").as_secs_f64();
        let since = self.timestamp.map(|timestamp| now - timestamp);
        since.is_some_and(|since| (-1.0..86_400.0).contains(&since))
    }
}
