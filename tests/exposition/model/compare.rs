//! What pages have against what they must.

use super::{Exemplar, Labels, Rule};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// A sample's name, and its labels with `le` and `quantile` as a number's shortest
/// text.
pub(crate) type Key = (String, Labels);

/// A family, with samples as they are expected or as they were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown<S> {
    pub(crate) kind: String,
    pub(crate) help: String,
    pub(crate) samples: BTreeMap<Key, S>,
}

/// A sample that was read.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) value: f64,
    pub(crate) exemplars: Vec<Exemplar>,
}

/// What a sample must be.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) value: Wanted,
    pub(crate) exemplars: Rule,
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    Exactly(f64),
    /// A quantile is an estimate.
    Between(f64, f64),
}

/// Whether numbers are the same; all that aren't one are, and so are both zeros,
/// which are one to Prometheus.
pub(crate) fn same(one: f64, other: f64) -> bool {
    let same = one.total_cmp(&other).is_eq();
    same || one.is_nan() && other.is_nan() || one == 0.0 && other == 0.0
}

impl Wanted {
    pub(crate) fn allows(self, found: f64) -> bool {
        match self {
            Self::Exactly(value) => same(value, found),
            Self::Between(low, high) => (low..=high).contains(&found),
        }
    }
}

pub(crate) fn key(sample: &str, mut labels: Labels) -> Key {
    let is_bucket = sample.ends_with("_bucket");
    for (name, value) in &mut labels {
        if is_bucket && name == "le" || name == "quantile" {
            let bound: f64 = value.parse().expect("it is a number");
            *value = bound.to_string();
        }
    }
    (sample.to_owned(), labels)
}

/// Asserts that a page has what it must, and nothing else; with one difference
/// in the message instead of all of both pages.
pub(crate) fn compare(
    read: &BTreeMap<String, Shown<Sample>>,
    expected: &BTreeMap<String, Shown<Number>>,
    page: &[u8],
) {
    let page = String::from_utf8_lossy(page);
    let names: Vec<_> = read.keys().collect();
    assert_eq!(names, expected.keys().collect::<Vec<_>>(), "{page}");
    for (name, expected) in expected {
        let read = &read[name];
        assert_eq!(read.kind, expected.kind, "{name}\n{page}");
        assert_eq!(read.help, expected.help, "{name}\n{page}");
        for (key, wanted) in &expected.samples {
            let found = read.samples.get(key);
            let found = found.unwrap_or_else(|| panic!("{key:?} is missing\n{page}"));
            let fits =
                wanted.value.allows(found.value) && wanted.exemplars.allows(&found.exemplars);
            assert!(fits, "{key:?}: {found:?} isn't {wanted:?}\n{page}");
        }
        let more = read.samples.keys();
        let more: Vec<_> = more
            .filter(|key| !expected.samples.contains_key(key))
            .collect();
        assert!(more.is_empty(), "{more:?} are too much\n{page}");
    }
}
