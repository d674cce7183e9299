//! Exemplars of native histograms, as an independent reader sees them. The source is
//! one for the process: they are in a program of their own.

use integration_tests::protobuf;
use integration_tests::protobuf::model::{Exemplar as Read, Histogram};
use metrics_runtime::{Exemplar, Format, NativeBuckets, Registry, set_exemplar_source, timed};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

thread_local! {
    static TRACE: RefCell<String> = const { RefCell::new(String::new()) };
}

static CONFLICTING: Registry = Registry::new();

/// Observes values, each in a trace that is named by it.
fn observe(registry: &Registry, family: &str, values: &[f64]) {
    let buckets = NativeBuckets::default();
    let histogram = registry.native_histogram(family, "Sizes.", buckets);
    let histogram = histogram.expect("it is valid");
    for value in values {
        TRACE.set(value.to_string());
        histogram.observe(*value);
    }
    TRACE.take();
}

fn read(registry: &Registry, family: &str) -> Histogram {
    let page = registry.encode(Format::Protobuf);
    let families = protobuf::read(&page).expect("the page is valid");
    let family = families.into_iter().find(|it| it.name() == family);
    let mut family = family.expect("the family is there");
    family.metric.remove(0).histogram.expect("it is one")
}

/// The value of an exemplar, which names its trace.
fn value(read: &Read) -> f64 {
    let value = read.value();
    assert_eq!(read.label[0].name(), "trace_id");
    assert_eq!(read.label[0].value(), value.to_string());
    value
}

/// One test at a time: a page of one asks for the exemplars of all.
fn set_source() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let source = || {
        let trace = TRACE.with_borrow(Clone::clone);
        (!trace.is_empty()).then(|| Exemplar::new([("trace_id", trace)]))
    };
    // The test that is first sets it.
    let _ = set_exemplar_source(source);
    alone
}

// P5. Mutations: no field 16; an exemplar without its timestamp; that of a bucket is
// kept at the next one.
#[test]
fn native_exemplars_have_timestamps_and_are_of_what_was_observed() {
    let _alone = set_source();
    let registry = Registry::new();
    // Powers of four bound the fixed buckets, of which each keeps its first value.
    observe(&registry, "size", &[-3.0, 0.0, 0.5, 0.6, 5.0, 16.0, 1e12]);
    let histogram = read(&registry, "size");
    assert_eq!(histogram.schema, Some(3));
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = i64::try_from(now.expect("it is after 1970").as_secs()).expect("it is small");
    for read in &histogram.exemplars {
        let time = read.timestamp.expect("it has a timestamp");
        assert!((now - 60..=now).contains(&time.seconds), "{time:?}");
        assert!((0..1_000_000_000).contains(&time.nanos));
    }
    let values: Vec<f64> = histogram.exemplars.iter().map(value).collect();
    assert_eq!(values, [-3.0, 0.5, 5.0, 1e12]);
}

// P5. Mutation: all that are kept are written.
#[test]
fn native_exemplars_are_ten_at_most_and_spread() {
    let _alone = set_source();
    let registry = Registry::new();
    let values: Vec<f64> = (-6..16).map(|power| 4_f64.powi(power)).collect();
    observe(&registry, "spread", &values);
    let histogram = read(&registry, "spread");
    let kept: Vec<f64> = histogram.exemplars.iter().map(value).collect();
    assert_eq!(kept.len(), 10);
    assert!(kept.is_sorted());
    assert!(kept[0] < 0.01 && kept[9] > 1e6, "{kept:?}");
}

// O9. Mutation: an exemplar of a native histogram is kept at the next bucket.
#[test]
fn exemplars_of_native_histograms_lie_in_their_fixed_buckets() {
    let _alone = set_source();
    let registry = Registry::new();
    observe(&registry, "wide", &[0.001, 1.0, 1.5, 4.0, 5.0, 100.0, 2e9]);
    let page = registry.encode(Format::OpenMetrics);
    let page = String::from_utf8(page).expect("it is text");
    let mut lower = f64::NEG_INFINITY;
    let mut found = BTreeMap::new();
    for line in page
        .lines()
        .filter_map(|it| it.strip_prefix("wide_bucket{le=\""))
    {
        let (bound, rest) = line.split_once('"').expect("it has a bound");
        let upper: f64 = bound.parse().expect("it is a number");
        if let Some((_, exemplar)) = rest.split_once(" # {trace_id=\"") {
            let (trace, _) = exemplar.split_once('"').expect("it has a trace");
            let value: f64 = trace.parse().expect("it is named by its value");
            assert!(lower < value && value <= upper, "{line}");
            found.insert(trace.to_owned(), bound.to_owned());
        }
        lower = upper;
    }
    let found: Vec<_> = found.keys().map(String::as_str).collect();
    assert_eq!(found, ["0.001", "1", "1.5", "100", "2000000000", "5"]);
}

// The rate limit, as of other series. Mutation: a series whose exemplar isn't due
// takes one.
#[test]
fn a_bucket_keeps_its_exemplar_until_a_page_was_made() {
    let _alone = set_source();
    let registry = Registry::new();
    observe(&registry, "first", &[5.0, 6.0, 7.0]);
    let text = registry.to_text();
    assert!(!text.contains("trace_id"), "T15: {text}");
    let page = registry.encode(Format::OpenMetrics);
    let page = String::from_utf8(page).expect("it is text");
    assert!(page.contains("# {trace_id=\"5\"} 5 "), "{page}");
}

#[timed(name = "twice_seconds", buckets = [1.0], registry = CONFLICTING)]
fn first() {}

#[timed(name = "twice_seconds", buckets = [2.0], registry = CONFLICTING)]
fn second() {}

// Mutation: `take` keeps what is recorded nowhere; `kept` asks for it.
#[test]
fn what_is_recorded_nowhere_has_no_exemplar_anywhere() {
    let _alone = set_source();
    TRACE.set("of nobody".to_owned());
    first();
    second();
    TRACE.take();
    let registry = Registry::new();
    let untouched = registry.native_histogram("untouched", "Sizes.", NativeBuckets::default());
    assert_eq!(untouched.expect("it is valid").count(), 0);
    let page = registry.encode(Format::OpenMetrics);
    let page = String::from_utf8(page).expect("it is text");
    assert!(
        page.contains("untouched_bucket") && !page.contains("of nobody"),
        "{page}"
    );
    assert!(read(&registry, "untouched").exemplars.is_empty());
}
