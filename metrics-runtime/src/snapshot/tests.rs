//! What is on the page is in the snapshot, and nothing else.

use super::{FamilyKind, SeriesValue};
use crate::{Collector, Families, NativeBuckets, Registry};
use std::error::Error;
use std::time::SystemTime;

struct Others;

impl Collector for Others {
    fn name(&self) -> &'static str {
        "others"
    }

    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        families
            .summary("waits", "Waits.", &[("q", "a")], &[(0.5, 1.0)], 3.0, 2)
            .info("build_info", "Build.", &[("version", "1")])
            .state_set("mode", "Mode.", &[], &[("on", true), ("off", false)])
            .unknown("old", "Old.", &[], f64::NAN)
            // Ours stays.
            .gauge("depth", "Another.", &[], 7.0);
        Ok(())
    }
}

struct Broken;

impl Collector for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn collect(&self, _: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        Err("on purpose".into())
    }
}

// Mutations: `take` leaves out collectors; the families aren't sorted; `read_family`
// shows series that were never recorded into.
#[test]
fn what_is_on_the_page_is_in_the_snapshot() {
    let registry = Registry::new();
    let calls = registry.counter_family("calls_total", "Calls.", ["path"]);
    calls.unwrap().with(["a\"b"]).inc_by(3);
    registry.gauge("depth", "Depth.").unwrap().set(-1.5);
    let sizes = registry.histogram("size_bytes", "Sizes.", &[1.0, 10.0]);
    let sizes = sizes.unwrap();
    sizes.observe(5.0);
    sizes.observe(50.0);
    registry.add_collector(Others).unwrap();
    registry.add_collector(Broken).unwrap();
    let snapshot = registry.snapshot();
    let names: Vec<&str> = snapshot
        .families
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    let page = registry.to_text();
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let on_page: Vec<&str> = types.filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, on_page);
    assert_eq!(snapshot.missing, ["broken"]);
    assert_eq!(
        snapshot.number("calls_total", &[("path", "a\"b")]),
        Some(3.0)
    );
    assert_eq!(snapshot.number("calls_total", &[]), None);
    assert_eq!(snapshot.number("depth", &[]), Some(-1.5));
    assert_eq!(snapshot.number("mode", &[]), None);
    let of = |name| &snapshot.family(name).expect("it is there").series[0].value;
    let SeriesValue::Histogram(sizes) = of("size_bytes") else {
        panic!("it is a histogram");
    };
    assert_eq!(sizes.buckets, [(1.0, 0), (10.0, 1)]);
    assert_eq!((sizes.sum, sizes.count), (55.0, 2));
    assert!(matches!(of("waits"), SeriesValue::Summary(it) if it.count == 2));
    let states = vec![("on".to_owned(), true), ("off".to_owned(), false)];
    assert_eq!(*of("mode"), SeriesValue::States(states));
    let kinds =
        ["build_info", "mode", "old", "waits"].map(|name| snapshot.family(name).unwrap().kind);
    let expected = [
        FamilyKind::Info,
        FamilyKind::StateSet,
        FamilyKind::Unknown,
        FamilyKind::Summary,
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn counters_say_when_they_began_and_gauges_do_not() {
    let registry = Registry::new();
    let counter = registry.counter("calls_total", "Calls.");
    counter.unwrap().inc();
    registry.gauge("depth", "Depth.").unwrap().set(1.0);
    let snapshot = registry.snapshot();
    let created = |name| snapshot.family(name).unwrap().series[0].created;
    assert!(created("calls_total").is_some_and(|time| time <= SystemTime::now()));
    assert_eq!(created("depth"), None);
}

#[test]
fn native_buckets_stand_beside_fixed_ones() {
    let registry = Registry::new();
    let sizes = registry.native_histogram("size", "Sizes.", NativeBuckets::default());
    let sizes = sizes.unwrap();
    sizes.observe(3.0);
    sizes.observe(-3.0);
    sizes.observe(0.0);
    let snapshot = registry.snapshot();
    let family = snapshot.family("size").unwrap();
    let SeriesValue::Histogram(value) = &family.series[0].value else {
        panic!("it is a histogram");
    };
    let native = value.native.as_ref().expect("it is native");
    assert_eq!((native.count, native.zero_count, value.count), (3, 1, 3));
    assert_eq!((native.positive.len(), native.negative.len()), (1, 1));
}
