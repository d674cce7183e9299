//! Call sites that disagree on a family.

mod other_file;

use metrics_runtime::{BuildError, Metrics, Registry, counted};

use crate::driver::page;

/// The file of this module and a line, as errors write them.
fn at(line: u32) -> String {
    format!("{}:{line} ", file!())
}

/// The error must name both lines and the difference; the first must count and
/// the second must not.
#[track_caller]
fn check(registry: &'static Registry, lines: [u32; 2], difference: &str, call: fn()) {
    call();
    let error = Metrics::builder().registry(registry).build();
    let error = error.expect_err("the sites disagree");
    assert!(matches!(error, BuildError::Conflicts(_)));
    let text = error.to_string();
    assert!(text.starts_with("`jobs_"), "{text}");
    let [first, second] = lines.map(|line| text.find(&at(line)).expect("the line is named"));
    assert!(first < second, "{text}");
    assert!(text.contains(difference), "{text}");

    let page = page(registry);
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(1.0));
    let counted = ["jobs_total", "jobs_seconds_count"].map(|name| page.sum(name, &[]));
    assert!(counted.contains(&Some(1.0)), "{counted:?}");
}

mod help {
    use super::{Registry, counted};

    pub(super) static REGISTRY: Registry = Registry::new();
    pub(super) const LINES: [u32; 2] = [line!() + 2, line!() + 5];

    #[counted(name = "jobs_total", help = "Jobs.", registry = REGISTRY)]
    fn first() {}

    #[counted(name = "jobs_total", help = "Tasks.", registry = REGISTRY)]
    fn second() {}

    pub(super) fn call() {
        second();
        first();
        second();
    }
}

#[test]
fn another_help_is_an_error_at_build() {
    check(
        &help::REGISTRY,
        help::LINES,
        r#"help "Jobs." against "Tasks.""#,
        help::call,
    );
}

mod label {
    use super::{Registry, counted};

    pub(super) static REGISTRY: Registry = Registry::new();
    pub(super) const LINES: [u32; 2] = [line!() + 2, line!() + 7];

    #[counted(name = "jobs_total", help = "Jobs.", labels(kind = kind), registry = REGISTRY)]
    fn first(kind: &str) -> usize {
        kind.len()
    }

    #[counted(name = "jobs_total", help = "Jobs.", registry = REGISTRY)]
    fn second() {}

    pub(super) fn call() {
        second();
        first("a");
    }
}

#[test]
fn other_labels_are_an_error_at_build() {
    let difference = r#"labels ["kind", "outcome"] against ["outcome"]"#;
    check(&label::REGISTRY, label::LINES, difference, label::call);
}

mod bucket {
    use super::Registry;
    use metrics_runtime::timed;

    pub(super) static REGISTRY: Registry = Registry::new();
    pub(super) const LINES: [u32; 2] = [line!() + 2, line!() + 5];

    #[timed(name = "jobs_seconds", help = "Jobs.", buckets = [0.5, 1], registry = REGISTRY)]
    fn first() {}

    #[timed(name = "jobs_seconds", help = "Jobs.", buckets = [0.5, 2], registry = REGISTRY)]
    fn second() {}

    pub(super) fn call() {
        second();
        first();
    }
}

#[test]
fn other_buckets_are_an_error_at_build() {
    let difference = "buckets [0.5, 1.0] against [0.5, 2.0]";
    check(&bucket::REGISTRY, bucket::LINES, difference, bucket::call);
}

static AGREEING: Registry = Registry::new();

#[counted(name = "jobs_total", help = "Jobs.", registry = AGREEING)]
fn one() {}

#[counted(name = "jobs_total", help = "Jobs.", registry = AGREEING)]
fn other() {}

#[test]
fn sites_that_agree_share_their_series() {
    one();
    other();
    Metrics::builder()
        .registry(&AGREEING)
        .build()
        .expect("the sites agree");
    let page = page(&AGREEING);
    assert_eq!(page.value("jobs_total", &[("outcome", "ok")]), Some(2.0));
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(0.0));
}

static BY_HAND: Registry = Registry::new();
const ANNOTATED: u32 = line!() + 2;

#[counted(name = "jobs_total", help = "Jobs.", registry = BY_HAND)]
fn annotated() {}

#[test]
fn code_that_records_by_hand_is_refused_a_family_of_a_site() {
    let error = BY_HAND
        .counter("jobs_total", "Jobs.")
        .expect_err("the site has labels");
    assert!(error.to_string().contains(&at(ANNOTATED)), "{error}");
    annotated();
    assert_eq!(page(&BY_HAND).sum("jobs_total", &[]), Some(1.0));
}

static FILES: Registry = Registry::new();

#[counted(name = "jobs_total", help = "Of this file.", registry = FILES)]
fn of_this_file() {}

#[test]
fn the_file_is_compared_before_the_line() {
    // `mod.rs` comes before `other_file.rs`, though its line is a later one.
    other_file::of_other_file();
    of_this_file();
    let [conflict] = &FILES.conflicts()[..] else {
        panic!("there are two sites");
    };
    let places = [conflict.in_force, conflict.refused].map(|place| place.expect("it is a site"));
    assert_eq!(
        places.map(|place| place.function()),
        ["of_this_file", "of_other_file"]
    );
    assert!(places[0].line() > places[1].line(), "{places:?}");
    let family = page(&FILES)
        .families()
        .find(|family| family.name == "jobs_total")
        .cloned();
    let help = family.and_then(|family| family.help);
    assert_eq!(help.as_deref(), Some("Of this file."));
}

static THREE: Registry = Registry::new();

#[counted(name = "jobs_total", help = "First.", registry = THREE)]
fn first_of_three() {}

#[counted(name = "jobs_total", help = "Second.", registry = THREE)]
fn second_of_three() {}

#[counted(name = "jobs_total", help = "Third.", registry = THREE)]
fn third_of_three() {}

// Fails when sites aren't sorted before they are declared.
#[test]
fn all_conflicts_are_told_at_once() {
    third_of_three();
    second_of_three();
    first_of_three();
    let error = Metrics::builder().registry(&THREE).build();
    let BuildError::Conflicts(conflicts) = error.expect_err("the sites disagree") else {
        panic!("the sites are in conflict");
    };
    let refused: Vec<_> = conflicts
        .iter()
        .filter_map(|conflict| Some((conflict.in_force?.function(), conflict.refused?.function())))
        .collect();
    let expected = [
        ("first_of_three", "second_of_three"),
        ("first_of_three", "third_of_three"),
    ];
    assert_eq!(refused, expected);
    let page = page(&THREE);
    assert_eq!(page.value("jobs_total", &[("outcome", "ok")]), Some(1.0));
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(2.0));
}

static COPIED: Registry = Registry::new();

#[counted(name = "jobs_total", help = "Jobs.", registry = COPIED)]
fn in_force() {}

#[axum::debug_handler]
#[counted(name = "jobs_total", help = "Copies.", registry = COPIED)]
async fn copied_by_another_attribute() {}

// Fails when the same conflict of a copied site is kept twice.
#[test]
fn a_site_that_another_attribute_copies_is_one_conflict() {
    in_force();
    crate::driver::ready(copied_by_another_attribute());
    let page = page(&COPIED);
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(1.0));
    assert_eq!(page.sum("jobs_total", &[]), Some(1.0));
}
