//! Which families are asked for, by their names or those of their samples.

use crate::collect::model::{self, Family};
use crate::desc::Kind;
use std::collections::BTreeSet;
use std::ops::Bound;

/// What a family's name may end in and what its samples' names add to the rest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Suffixes {
    /// Part of the name in the text format, and not in OpenMetrics.
    own: &'static str,
    samples: &'static [&'static str],
}

const COUNTER: Suffixes = Suffixes {
    own: "_total",
    samples: &["_total", "_created"],
};
const HISTOGRAM: Suffixes = Suffixes {
    own: "",
    samples: &["_bucket", "_sum", "_count", "_created"],
};
const SUMMARY: Suffixes = Suffixes {
    own: "",
    samples: &["_sum", "_count", "_created"],
};
const INFO: Suffixes = Suffixes {
    own: "_info",
    samples: &["_info"],
};
const NONE: Suffixes = Suffixes {
    own: "",
    samples: &[],
};

/// The suffixes of one of our families.
pub(super) const fn of_own(kind: Kind) -> Suffixes {
    match kind {
        Kind::Counter => COUNTER,
        Kind::Histogram => HISTOGRAM,
        Kind::Gauge | Kind::InProgress => NONE,
    }
}

/// The suffixes of a collector's family.
pub(super) const fn of_collected(family: &Family) -> Suffixes {
    match family.kind {
        model::Kind::Counter => COUNTER,
        model::Kind::Histogram => HISTOGRAM,
        model::Kind::Summary => SUMMARY,
        model::Kind::Info => INFO,
        model::Kind::Gauge | model::Kind::StateSet | model::Kind::Unknown => NONE,
    }
}

/// Whether one of the names is that of the family, with its suffix or without,
/// or that of one of its samples.
pub(super) fn names_family(names: &BTreeSet<String>, family: &str, suffixes: Suffixes) -> bool {
    let base = family.strip_suffix(suffixes.own).unwrap_or(family);
    let from = (Bound::Included(base), Bound::Unbounded);
    let mut after = names
        .range::<str, _>(from)
        .map_while(|name| name.strip_prefix(base));
    names.contains(family)
        || after.any(|suffix| suffix.is_empty() || suffixes.samples.contains(&suffix))
}

#[cfg(test)]
mod tests {
    use super::{COUNTER, HISTOGRAM, INFO, NONE, SUMMARY, names_family};
    use std::collections::BTreeSet;

    // H11.
    // Mutation: `names_family` takes any suffix, or looks at the first name only.
    #[test]
    fn families_are_named_by_themselves_and_by_their_samples() {
        let named = |name: &str, family, suffixes| {
            let names = ["", "a", "a_b", "a_x", "z", name].map(str::to_owned);
            names_family(&BTreeSet::from(names), family, suffixes)
        };
        for name in ["f_s", "f_s_bucket", "f_s_sum", "f_s_count", "f_s_created"] {
            assert!(named(name, "f_s", HISTOGRAM), "{name}");
        }
        for name in ["f_s_total", "f_s_", "f", "f_s_sum_sum", "_sum"] {
            assert!(!named(name, "f_s", HISTOGRAM), "{name}");
        }
        for name in ["c", "c_total", "c_created"] {
            assert!(named(name, "c_total", COUNTER), "{name}");
        }
        for name in ["c_sum", "c_total_total"] {
            assert!(!named(name, "c_total", COUNTER), "{name}");
        }
        assert!(named("old", "old", COUNTER));
        assert!(named("s_sum", "s", SUMMARY));
        assert!(!named("s_bucket", "s", SUMMARY));
        assert!(named("i", "i_info", INFO));
        assert!(named("g", "g", NONE));
        assert!(!named("g_sum", "g", NONE));
    }
}
