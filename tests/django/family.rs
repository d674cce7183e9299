//! A family beside that of the reference: kind, names of labels, bounds of buckets.

use integration_tests::page::{Family, Sample};
use std::collections::BTreeSet;

/// The names of a sample's labels, without that of its bucket.
fn labels(sample: &Sample) -> BTreeSet<&str> {
    let names = sample.labels.keys().map(String::as_str);
    names.filter(|name| *name != "le").collect()
}

/// The bounds of a family, in whatever form they are written.
fn bounds(family: &Family) -> Vec<f64> {
    let mut bounds: Vec<f64> = Vec::new();
    for sample in &family.samples {
        let Some(bound) = sample.labels.get("le") else {
            continue;
        };
        let bound: f64 = bound.parse().expect("a bound is a number");
        if !bounds.contains(&bound) {
            bounds.push(bound);
        }
    }
    bounds
}

/// Our family is what Django's is.
pub(crate) fn assert_alike(ours: &Family, reference: &Family) {
    let name = &reference.name;
    assert_eq!(ours.kind, reference.kind, "{name}");
    assert!(!ours.samples.is_empty(), "{name} has no series");
    // Two of Django's families had no series when they were recorded; their labels are
    // those of the counters beside them.
    let Some(first) = reference.samples.first() else {
        let empty = [
            ("new_connection_errors_total", &["alias", "vendor"][..]),
            ("cache_get_fail_total", &["backend"]),
        ];
        let found = empty.iter().find(|(end, _)| name.ends_with(end));
        let (_, expected) = found.unwrap_or_else(|| panic!("{name} has no series"));
        let expected: BTreeSet<&str> = expected.iter().copied().collect();
        for sample in &ours.samples {
            assert_eq!(labels(sample), expected, "{name}");
        }
        return;
    };
    let expected = labels(first);
    for sample in reference.samples.iter().chain(&ours.samples) {
        assert_eq!(labels(sample), expected, "{name}");
    }
    let names = |family: &Family| -> BTreeSet<String> {
        let names = family.samples.iter().map(|sample| sample.name.clone());
        names.collect()
    };
    assert_eq!(names(ours), names(reference));
    assert_eq!(bounds(ours), bounds(reference), "{name}");
}
