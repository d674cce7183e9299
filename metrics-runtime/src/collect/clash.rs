//! Which families can't stand on one page, since their samples would have the
//! same names.

use super::model::{Family, Kind};
use std::collections::HashMap;

/// What kinds add to the name of their samples.
const SUFFIXES: [&str; 6] = ["_total", "_created", "_bucket", "_sum", "_count", "_info"];

/// The names that samples of a family have in any of the formats.
fn samples(name: &str, kind: Kind) -> Vec<String> {
    let (base, suffixes): (&str, &[&str]) = match kind {
        Kind::Counter => (
            name.strip_suffix("_total").unwrap_or(name),
            &["", "_total", "_created"],
        ),
        Kind::Histogram | Kind::Summary => (name, &["", "_bucket", "_sum", "_count", "_created"]),
        Kind::Info => (name.strip_suffix("_info").unwrap_or(name), &["", "_info"]),
        Kind::Gauge | Kind::StateSet | Kind::Unknown => (name, &[""]),
    };
    let sample = |suffix| format!("{base}{suffix}");
    suffixes.iter().map(sample).collect()
}

/// The families that could have a sample of this name.
fn candidates(sample: &str) -> impl Iterator<Item = String> {
    let bare = SUFFIXES.iter().filter_map(|end| sample.strip_suffix(end));
    let bases = bare.chain([sample]);
    bases.flat_map(|base| ["", "_total", "_info"].map(|end| format!("{base}{end}")))
}

/// The family that this one can't stand beside, among those that `kind_of`
/// knows.
///
/// Looked up by name, so that no registry has to keep the names of its samples.
pub(crate) fn clash(
    name: &str,
    kind: Kind,
    kind_of: impl Fn(&str) -> Option<Kind>,
) -> Option<String> {
    samples(name, kind).iter().find_map(|sample| {
        candidates(sample).find(|candidate| {
            kind_of(candidate).is_some_and(|kind| samples(candidate, kind).contains(sample))
        })
    })
}

/// Leaves out families that can't stand beside those that `kind_of` knows, or
/// beside an earlier one, and gives their names.
pub(crate) fn without_clashes(
    families: &mut Vec<Family>,
    kind_of: impl Fn(&str) -> Option<Kind>,
) -> Vec<String> {
    let mut shadowed = Vec::new();
    let mut taken: HashMap<String, Kind> = HashMap::new();
    families.retain(|family| {
        let known = |name: &str| kind_of(name).or_else(|| taken.get(name).copied());
        let clashes = clash(&family.name, family.kind, known).is_some();
        if clashes {
            shadowed.push(family.name.clone());
        } else {
            taken.insert(family.name.clone(), family.kind);
        }
        !clashes
    });
    shadowed
}

#[cfg(test)]
mod tests {
    use super::clash;
    use crate::collect::model::Kind;

    const KINDS: [Kind; 7] = [
        Kind::Counter,
        Kind::Gauge,
        Kind::Histogram,
        Kind::Summary,
        Kind::Info,
        Kind::StateSet,
        Kind::Unknown,
    ];

    fn meet(one: (&str, Kind), other: (&str, Kind)) -> bool {
        let kind_of = |name: &str| (name == other.0).then_some(other.1);
        clash(one.0, one.1, kind_of).is_some()
    }

    #[test]
    fn families_that_share_a_sample_clash() {
        for (one, other) in [
            (("a_total", Kind::Counter), ("a", Kind::Gauge)),
            (("a_total", Kind::Counter), ("a", Kind::Counter)),
            (("a_total", Kind::Counter), ("a_created", Kind::Unknown)),
            (("a_total", Kind::Counter), ("a", Kind::Histogram)),
            (("a_total", Kind::Counter), ("a_info", Kind::Info)),
            (("a", Kind::Histogram), ("a_bucket", Kind::Gauge)),
            (("a", Kind::Histogram), ("a_sum", Kind::Unknown)),
            (("a", Kind::Summary), ("a_count", Kind::Gauge)),
            (("a", Kind::Summary), ("a_created", Kind::Gauge)),
            (("a", Kind::Histogram), ("a_count_total", Kind::Counter)),
            (("a_info", Kind::Info), ("a", Kind::StateSet)),
            (("a", Kind::Gauge), ("a", Kind::Gauge)),
        ] {
            assert!(meet(one, other), "{one:?} {other:?}");
        }
        for (one, other) in [
            (("a_total", Kind::Counter), ("a_count", Kind::Gauge)),
            (("a", Kind::Histogram), ("a_total", Kind::Gauge)),
            (("a", Kind::Gauge), ("a_sum", Kind::Gauge)),
            (("a", Kind::Gauge), ("b_total", Kind::Counter)),
        ] {
            assert!(!meet(one, other), "{one:?} {other:?}");
        }
    }

    // Mutation: `candidates` lacks one of the ends.
    #[test]
    fn it_makes_no_difference_which_of_the_two_was_first() {
        let ends = [
            "", "_total", "_created", "_bucket", "_sum", "_count", "_info",
        ];
        let names: Vec<String> = ends.iter().map(|end| format!("a{end}")).collect();
        for one in names
            .iter()
            .flat_map(|name| KINDS.map(|kind| (&**name, kind)))
        {
            for other in names
                .iter()
                .flat_map(|name| KINDS.map(|kind| (&**name, kind)))
            {
                assert_eq!(meet(one, other), meet(other, one), "{one:?} {other:?}");
            }
        }
    }
}
