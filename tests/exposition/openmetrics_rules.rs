//! The rules of OpenMetrics 1.0.0.

use integration_tests::openmetrics::{Family, Reader, Syntax};
use metrics_runtime::{Format, Registry};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

fn text(registry: &Registry) -> String {
    let page = registry.encode(Format::OpenMetrics);
    String::from_utf8(page).expect("a page is UTF-8")
}

fn read(registry: &Registry) -> Vec<Family> {
    let page = text(registry);
    let read = Reader::start().read(Syntax::OpenMetrics, page.as_bytes());
    read.unwrap_or_else(|error| panic!("{error}\n{page}"))
}

fn calls(registry: &Registry, path: &str) {
    let made = registry.counter_family("calls_total", "Calls.", ["path"]);
    made.expect("it is valid").with([path]).inc();
}

fn sizes(registry: &Registry, bounds: &[f64], observed: &[f64]) {
    let made = registry.histogram("size", "Sizes.", bounds);
    let sizes = made.expect("it is valid");
    for value in observed {
        sizes.observe(*value);
    }
}

fn registry() -> Registry {
    let registry = Registry::new();
    calls(&registry, "/a");
    sizes(&registry, &[0.5, 2.0], &[1.0, 3.0]);
    registry.gauge("depth", "D.").expect("it is valid").set(2.0);
    registry
}

// O1. Mutation: no line feed behind `# EOF`.
#[test]
fn the_page_ends_in_its_mark() {
    for registry in [registry(), Registry::new()] {
        let page = text(&registry);
        assert!(page.ends_with("\n# EOF\n") || page == "# EOF\n", "{page}");
        assert_eq!(page.matches("# EOF").count(), 1);
    }
}

// O2. Mutation: a blank line between families.
#[test]
fn only_metadata_and_samples_stand_above_the_mark() {
    let page = text(&registry());
    assert!(!page.contains(['\r', '\u{feff}']));
    let body = page.strip_suffix("# EOF\n").expect("it ends in the mark");
    let metadata = ["# TYPE ", "# UNIT ", "# HELP "];
    let other = body.lines().find(|line| {
        let known = metadata.iter().any(|start| line.starts_with(start));
        line.is_empty() || line.starts_with('#') && !known
    });
    assert_eq!(other, None);
}

// O3. Mutation: HELP before TYPE.
#[test]
fn metadata_are_type_unit_and_help() {
    let page = text(&registry());
    assert!(page.contains("# TYPE calls counter\n# HELP calls Calls.\ncalls_total{"));
    assert_eq!(page.matches("# TYPE calls ").count(), 1);
}

// O4. Mutation: the family keeps `_total`.
#[test]
fn a_counter_is_named_without_total_and_its_sample_with_it() {
    let families = read(&registry());
    let calls = families.iter().find(|family| family.name == "calls");
    let calls = calls.expect("the family is there");
    assert_eq!(calls.kind, "counter");
    assert!(calls.samples.iter().any(|it| it.name == "calls_total"));
}

// O5. Mutation: creation times in milliseconds; none for histograms.
#[test]
fn counters_and_histograms_say_in_seconds_when_they_began() {
    let families = read(&registry());
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("it is after 1970").as_secs_f64();
    for (family, created) in [("calls", "calls_created"), ("size", "size_created")] {
        let family = families.iter().find(|it| it.name == family);
        let samples = &family.expect("the family is there").samples;
        let sample = samples.iter().find(|it| it.name == created);
        let value = sample.map(|sample| sample.value);
        let close = value.is_some_and(|value| (now - 86_400.0..=now).contains(&value));
        assert!(close, "{created}: {value:?}, and it is {now}");
    }
    let depth = families.iter().find(|it| it.name == "depth");
    assert_eq!(depth.map(|depth| depth.samples.len()), Some(1));
}

// O6. Mutation: UNIT for each name that ends in a unit's word; none at all.
#[test]
fn a_unit_is_the_end_of_the_name() {
    use metrics_runtime::timed;
    static UNITS: Registry = Registry::new();
    #[timed(registry = UNITS)]
    fn wait() {}
    wait();
    let families = read(&UNITS);
    let waits = families.iter();
    let mut waits = waits.filter(|it| it.name == "function_duration_seconds");
    assert_eq!(waits.next().map(|it| &*it.unit), Some("seconds"));
    let other = families.iter();
    let mut other = other.filter(|it| !it.unit.is_empty());
    assert!(other.all(|it| it.name.ends_with(&format!("_{}", it.unit))));
}

// O10. Mutation: `le="1"`, as in the text format.
#[test]
fn bounds_are_canonical() {
    let registry = Registry::new();
    let bounds = [1e-5, 0.1, 1.0, 10.0, 1e6, 1e21];
    sizes(&registry, &bounds, &[1.0]);
    let page = text(&registry);
    let buckets = page.lines().filter_map(|line| {
        let rest = line.strip_prefix("size_bucket{le=\"")?;
        rest.split_once('"').map(|(bound, _)| bound)
    });
    let bounds = ["1e-05", "0.1", "1.0", "10.0", "1e+06", "1e+21", "+Inf"];
    assert_eq!(buckets.collect::<Vec<_>>(), bounds);
}

// O11, O12. Mutation: a negative sum is written; the count stays without a sum.
#[test]
fn sum_and_count_come_together_and_are_never_negative() {
    for (observed, there) in [
        (&[1.0, 3.0][..], true),
        (&[][..], true),
        (&[-3.0, 1.0], false),
        (&[f64::INFINITY, f64::NEG_INFINITY], false),
    ] {
        let registry = Registry::new();
        sizes(&registry, &[0.5, 2.0], observed);
        // The parser refuses one without the other, and a count that differs.
        let families = read(&registry);
        let sizes = families.iter().find(|it| it.name == "size");
        let samples = &sizes.expect("the family is there").samples;
        let has = |name| samples.iter().any(|it| it.name == name);
        assert_eq!(has("size_sum"), there, "{observed:?}");
        assert_eq!(has("size_count"), there, "{observed:?}");
        assert!(has("size_bucket"));
    }
}

// O13. Mutation: the sum stands whatever the bounds.
#[test]
fn negative_bounds_leave_no_sum() {
    let registry = Registry::new();
    sizes(&registry, &[-1.0, 1.0], &[0.0, 5.0]);
    let page = text(&registry);
    assert!(page.contains("\nsize_bucket{le=\"-1.0\"} 0\n"), "{page}");
    assert!(!page.contains("\nsize_sum"), "{page}");
}

// O17. Mutation: creation times in milliseconds (as O5).
#[test]
fn samples_have_no_timestamps() {
    let families = read(&registry());
    let samples = families.iter().flat_map(|family| &family.samples);
    assert!(samples.into_iter().all(|it| it.timestamp.is_none()));
}

// O18. Mutation: creation times stand behind all series of their family.
#[test]
fn the_samples_of_a_series_stand_together() {
    let registry = registry();
    calls(&registry, "/b");
    let families = read(&registry);
    let calls = families.iter().find(|it| it.name == "calls");
    let samples = &calls.expect("the family is there").samples;
    let paths: Vec<_> = samples.iter().map(|it| &*it.labels["path"]).collect();
    assert!(paths.is_sorted(), "{paths:?}");
}

// O19. Mutation: the help of the text format.
#[test]
fn help_escapes_quotes_too() {
    let registry = Registry::new();
    let made = registry.counter("a_total", "a\\b\"c\nd");
    made.expect("it is valid").inc();
    let page = text(&registry);
    assert!(page.contains("# HELP a a\\\\b\\\"c\\nd\n"), "{page}");
}

// O20. Mutation: NUL is left out.
#[test]
fn nul_survives_in_a_label_value() {
    let registry = Registry::new();
    calls(&registry, "a\0b");
    assert!(text(&registry).contains("calls_total{path=\"a\0b\"} 1"));
    let families = read(&registry);
    let samples = families.iter().flat_map(|family| &family.samples);
    let paths = samples.into_iter().filter_map(|it| it.labels.get("path"));
    assert!(paths.into_iter().all(|path| path == "a\0b"));
}

// O21. Mutation: `le` isn't reserved.
#[test]
fn labels_of_the_format_are_refused() {
    for label in ["le", "quantile", "__name__", "__x"] {
        let made = Registry::new().counter_family("a_total", "A.", [label]);
        assert!(made.is_err(), "{label}");
    }
}

// O22. Mutation: a series that didn't change since the last page is left out.
#[test]
fn each_scraper_gets_the_same_page() {
    let registry = registry();
    assert_eq!(text(&registry), text(&registry));
}

// O23, O24. Mutation: a page is written while another one changes the plan.
#[test]
fn concurrent_pages_are_whole() {
    let registry = registry();
    let expected = text(&registry);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(text(&registry), expected);
                }
            });
        }
    });
}

// O16. Mutation: a counter may be called `_total`, and its family nothing.
#[test]
fn a_counter_has_a_name_before_total() {
    let registry = Registry::new();
    let _ = registry.counter("_total", "X.").map(|it| it.inc());
    let page = text(&registry);
    let read = Reader::start().read(Syntax::OpenMetrics, page.as_bytes());
    assert!(read.is_ok(), "{read:?}\n{page}");
}

// O16. Mutation: registration looks at names of the text format alone.
#[test]
fn families_that_clash_leave_a_page_that_can_be_read() {
    type Make = fn(&Registry) -> bool;
    let counter: Make = |registry| registry.counter("x_total", "X.").map(|it| it.inc()).is_ok();
    let bucket: Make = |registry| {
        let made = registry.counter("x_bucket_total", "X.");
        made.map(|it| it.inc()).is_ok()
    };
    let gauge: Make = |registry| registry.gauge("x", "X.").map(|it| it.set(1.0)).is_ok();
    let histogram: Make = |registry| {
        let made = registry.histogram("x", "X.", &[1.0]);
        made.map(|it| it.observe(1.0)).is_ok()
    };
    let mut clashes = Vec::new();
    for (name, first, second) in [
        ("gauge and counter", gauge, counter),
        ("counter and gauge", counter, gauge),
        ("histogram and counter", histogram, counter),
        (
            "histogram and the counter of its buckets",
            histogram,
            bucket,
        ),
    ] {
        let registry = Registry::new();
        assert!(first(&registry), "nothing is in its way");
        let _ = second(&registry);
        let page = text(&registry);
        let read = Reader::start().read(Syntax::OpenMetrics, page.as_bytes());
        if let Err(error) = read {
            clashes.push(format!("{name}: {error}"));
        }
    }
    assert!(clashes.is_empty(), "{clashes:#?}");
}
