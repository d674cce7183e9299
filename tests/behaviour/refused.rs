//! Set-ups that are refused for what the program's families are.

use crate::driver::page;
use metrics_runtime::{BuildError, Metrics, Profile, Registry, counted, track_query};

static REFUSED: Registry = Registry::new();

#[track_query(select, database = "main", table = "users", registry = REFUSED)]
fn find_users() {}

#[counted(name = "jobs_total", help = "Jobs.", labels(tier = "free"), registry = REFUSED)]
fn with_tier() {}

// Mutation: `build` takes call sites up before it knows that it isn't refused.
#[test]
fn a_set_up_that_is_refused_for_a_family_leaves_no_buckets_behind() {
    let builder = || Metrics::builder().registry(&REFUSED);
    let refused = builder()
        .profile(Profile::DjangoPrometheus)
        .latency_buckets([3.0])
        .const_label("tier", "x")
        .build();
    let refused = refused.expect_err("a family has the label");
    assert!(
        matches!(&refused, BuildError::LabelTaken { family, .. } if family == "jobs_total"),
        "{refused}"
    );
    let metrics = builder().latency_buckets([1.0, 2.0]).build();
    let metrics = metrics.expect("what was refused isn't in force");
    find_users();
    with_tier();
    let page = metrics.to_text();
    let buckets = page.lines();
    let buckets = buckets.filter(|line| line.starts_with("db_query_duration_seconds_bucket{"));
    let buckets: Vec<&str> = buckets.collect();
    assert!(!buckets.is_empty(), "{page}");
    // Neither those that were refused nor, with the profile, Django's.
    let refused = |line: &&str| line.contains("le=\"3\"") || line.contains("le=\"75\"");
    assert!(!buckets.iter().any(refused), "{page}");
    assert!(page.contains("jobs_total{tier=\"free\""), "{page}");
    assert!(page.contains("\nmetrics_conflicts_total 0\n"), "{page}");
}

static DISAGREEING: Registry = Registry::new();

#[track_query(select, database = "main", table = "users", registry = DISAGREEING)]
fn find_others() {}

#[counted(name = "jobs_total", help = "First.", registry = DISAGREEING)]
fn first_of_two() {}

#[counted(name = "jobs_total", help = "Second.", registry = DISAGREEING)]
fn second_of_two() {}

// The same mutation.
#[test]
fn a_set_up_that_is_refused_for_conflicts_leaves_no_buckets_behind() {
    let builder = || Metrics::builder().registry(&DISAGREEING);
    for _ in 0..2 {
        let refused = builder().profile(Profile::DjangoPrometheus).build();
        let refused = refused.expect_err("the sites disagree");
        assert!(matches!(refused, BuildError::Conflicts(_)), "{refused}");
        // Were Django's buckets in force, this would be `BuildError::Buckets`.
        let refused = builder().build().expect_err("the sites still disagree");
        assert!(matches!(refused, BuildError::Conflicts(_)), "{refused}");
    }
    find_others();
    first_of_two();
    second_of_two();
    let page = page(&DISAGREEING);
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(1.0));
    assert_eq!(page.sum("jobs_total", &[]), Some(1.0));
    assert_eq!(page.sum("db_query_duration_seconds_count", &[]), Some(1.0));
}
