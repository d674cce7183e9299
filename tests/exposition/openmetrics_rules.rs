//! The rules of OpenMetrics 1.0.0.

use crate::text_rules::timed;
use integration_tests::openmetrics::{Family, Reader, Syntax};
use metrics_runtime::{Format, LabelValue, Registry};
use std::sync::Barrier;
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

// O3. Mutation: HELP stands twice.
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

// O5. Mutation: creation times in milliseconds; none for histograms. Nothing of
// ours is reset, so that no creation time has to change.
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

// O11, O12. Mutations: a sum stands where the count should; a negative sum is
// written.
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

// O14. Mutation: its sample goes without `_info`.
#[test]
fn an_info_is_one_and_has_no_unit() {
    let registry = Registry::new();
    let labels = [("version", "1.2"), ("unit", "seconds")];
    let made = registry.info("build_info", "Build.", &labels);
    made.expect("it is valid");
    let families = read(&registry);
    let build = families.iter().find(|it| it.name == "build");
    let build = build.expect("the family is there");
    assert_eq!((&*build.kind, &*build.unit), ("info", ""));
    let [sample] = &build.samples[..] else {
        panic!("there is one sample: {build:?}");
    };
    assert_eq!(sample.name, "build_info");
    assert_eq!(sample.value.to_bits(), 1.0_f64.to_bits());
    assert_eq!(sample.labels["version"], "1.2");
    assert!(registry.info("build", "Build.", &labels).is_err());
}

#[derive(Clone, Copy, LabelValue)]
enum Phase {
    Starting,
    Ready,
}

// O15. Mutation: the label is named `state`.
#[test]
fn a_state_set_has_a_series_for_each_state() {
    let registry = Registry::new();
    let made = registry.state_set::<Phase>("phase", "Phases.");
    let phase = made.expect("it is valid");
    for (now, expected) in [(Phase::Starting, [1.0, 0.0]), (Phase::Ready, [0.0, 1.0])] {
        phase.set(now);
        let families = read(&registry);
        let phases = families.iter().find(|it| it.name == "phase");
        let phases = phases.expect("the family is there");
        assert_eq!((&*phases.kind, &*phases.unit), ("stateset", ""));
        let states = ["starting", "ready"];
        assert_eq!(phases.samples.len(), states.len());
        for ((sample, state), value) in phases.samples.iter().zip(states).zip(expected) {
            assert_eq!((&*sample.name, sample.labels.len()), ("phase", 1));
            assert_eq!(sample.labels["phase"], state);
            assert_eq!(sample.value.to_bits(), f64::to_bits(value));
        }
    }
}

// O17. Mutation: timestamps in milliseconds, as in the text format.
#[test]
fn timestamps_are_in_seconds() {
    for (millis, seconds) in [
        (1_520_879_607_789, "1520879607.789"),
        (90_000, "90"),
        (-1_005, "-1.005"),
    ] {
        let page = timed(millis, Format::OpenMetrics);
        let sample = format!("\ntimed 2 {seconds}\n");
        assert!(page.contains(&sample), "{page}");
        let read = Reader::start().read(Syntax::OpenMetrics, page.as_bytes());
        assert!(read.is_ok(), "{read:?}\n{page}");
    }
}

// O17. Mutation: the time of the scrape stands behind each number.
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

// O20. Mutation: NUL is left out. A byte 0xFF can't be in a label value, which is
// a `str`; a query that has one is refused by `queries_have_limits` of the handler.
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

// O21. Mutation: `le` isn't reserved. A single underscore may lead: Prometheus'
// data model, which the design follows, keeps two for itself.
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
    let page = text(&registry);
    for line in ["calls_total{path=\"/a\"} 1", "size_count 2", "depth 2"] {
        assert!(page.lines().any(|given| given == line), "{line}\n{page}");
    }
    for _ in 0..3 {
        assert_eq!(text(&registry), page);
    }
}

// O23. Mutation: a page takes the plan only if no other one has it. That a page is
// sent whole or not at all (O24) is the handler's to keep.
#[test]
fn concurrent_pages_are_whole() {
    let registry = registry();
    // So long a page that others are asked for meanwhile.
    for nth in 0..1_500 {
        calls(&registry, &format!("/{nth}"));
    }
    let expected = text(&registry);
    let together = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // Once: a thread that fails must not leave the others waiting.
                together.wait();
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

// O16. Mutation: registration looks at the family's own name alone.
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
        assert!(!second(&registry), "{name}");
        let page = text(&registry);
        let read = Reader::start().read(Syntax::OpenMetrics, page.as_bytes());
        if let Err(error) = read {
            clashes.push(format!("{name}: {error}"));
        }
    }
    assert!(clashes.is_empty(), "{clashes:#?}");
}
