//! The rules of the text format 0.0.4.

use integration_tests::page::{Kind, Page};
use metrics_runtime::{Collector, Families, Format, PrometheusCollector, Registry};
use prometheus::core::Desc;
use prometheus::proto::{Gauge, Metric, MetricFamily, MetricType};
use std::error::Error;

/// The page without what the toolkit says about itself.
fn lines(registry: &Registry) -> Vec<String> {
    let page = registry.encode(Format::Text);
    let page = String::from_utf8(page).expect("T1: a page is UTF-8");
    let own = |line: &&str| !line.contains("metrics_");
    page.lines().filter(own).map(str::to_owned).collect()
}

fn registry() -> Registry {
    let registry = Registry::new();
    let made = registry.counter_family("calls_total", "Calls.", ["path"]);
    let calls = made.expect("it is valid");
    for path in ["/b", "/a"] {
        calls.with([path]).inc();
    }
    let sizes = registry.histogram("size_bytes", "Sizes.", &[0.5, 2.0, 10.0]);
    sizes.expect("it is valid").observe(1.0);
    let open = registry.in_progress("open", "Open.");
    let _ = open.expect("it is valid").get();
    registry
}

/// A collector that does whatever the function does.
struct Made(fn(&mut Families));

impl Collector for Made {
    fn name(&self) -> &'static str {
        "made"
    }

    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        (self.0)(families);
        Ok(())
    }
}

fn collected(collect: fn(&mut Families)) -> Registry {
    let registry = Registry::new();
    let added = registry.add_collector(Made(collect));
    added.expect("the name is free");
    registry
}

/// A collector of the `prometheus` crate whose gauge has a timestamp.
pub(crate) struct Timed(pub(crate) i64);

impl prometheus::core::Collector for Timed {
    fn desc(&self) -> Vec<&Desc> {
        Vec::new()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let mut gauge = Gauge::default();
        gauge.set_value(2.0);
        let mut metric = Metric::default();
        metric.set_gauge(gauge);
        metric.set_timestamp_ms(self.0);
        let mut family = MetricFamily::default();
        family.set_name("timed".to_owned());
        family.set_help("Timed.".to_owned());
        family.set_field_type(MetricType::GAUGE);
        family.set_metric(vec![metric]);
        vec![family]
    }
}

/// A page with that gauge.
pub(crate) fn timed(millis: i64, format: Format) -> String {
    let registry = Registry::new();
    let added = registry.add_collector(PrometheusCollector::new("timed", Timed(millis)));
    added.expect("the name is free");
    String::from_utf8(registry.encode(format)).expect("a page is UTF-8")
}

// T1. Mutation: lines end in a carriage return too.
#[test]
fn lines_end_in_a_line_feed_alone() {
    let page = registry().encode(Format::Text);
    assert!(page.ends_with(b"\n") && !page.contains(&b'\r'));
    assert!(str::from_utf8(&page).is_ok());
}

// T2. Mutation: HELP escapes `"` too.
#[test]
fn help_escapes_backslashes_and_line_feeds_only() {
    let registry = Registry::new();
    let made = registry.counter("a_total", "a\\b\"c\nd\re");
    made.expect("it is valid").inc();
    let help = "# HELP a_total a\\\\b\"c\\nd\re\n";
    assert!(registry.to_text().contains(help));
}

// T3, S10. Mutations: a carriage return is escaped too; a quote isn't.
#[test]
fn label_values_escape_three_characters_only() {
    let registry = Registry::new();
    let made = registry.counter_family("a_total", "A.", ["l"]);
    let family = made.expect("it is valid");
    family.with(["\\\"\n\r\t\0\u{2028}é"]).inc();
    let line = "\na_total{l=\"\\\\\\\"\\n\r\t\0\u{2028}é\"} 1\n";
    assert!(registry.to_text().contains(line));
}

// T4, T5. Mutations: the header is written for each series; it is written from
// the second one on.
#[test]
fn a_family_is_one_group_below_one_header() {
    let lines = lines(&registry());
    let at = |start: &str| {
        let found = lines.iter().enumerate();
        let found = found.filter(|(_, line)| line.starts_with(start));
        found.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let [help, kind] = ["# HELP calls_total ", "# TYPE calls_total "].map(at);
    assert_eq!((help.len(), kind.len()), (1, 1));
    assert_eq!(at("calls_total"), [kind[0] + 1, kind[0] + 2]);
}

// T7. Mutation: each series that a collector gives begins a family.
#[test]
fn series_that_come_apart_are_one_group() {
    let registry = collected(|families| {
        for path in ["/a", "/b"] {
            families.gauge("size", "Sizes.", &[("path", path)], 1.0);
            families.gauge("depth", "Depths.", &[("path", path)], 2.0);
        }
    });
    assert_eq!(
        lines(&registry),
        [
            "# HELP depth Depths.",
            "# TYPE depth gauge",
            "depth{path=\"/a\"} 2",
            "depth{path=\"/b\"} 2",
            "# HELP size Sizes.",
            "# TYPE size gauge",
            "size{path=\"/a\"} 1",
            "size{path=\"/b\"} 1",
        ]
    );
}

// T6. Mutation: an info is one here too.
#[test]
fn types_of_openmetrics_are_gauges_and_untyped() {
    let registry = collected(|families| {
        families.info("build_info", "Build.", &[("version", "1")]);
        families.state_set("phase", "Phases.", &[], &[("ready", true)]);
        families.unknown("what", "Whatever.", &[], 1.0);
    });
    let lines = lines(&registry);
    let types = lines.iter().filter(|line| line.starts_with("# TYPE "));
    assert_eq!(
        types.collect::<Vec<_>>(),
        [
            "# TYPE build_info gauge",
            "# TYPE phase gauge",
            "# TYPE what untyped",
        ]
    );
}

// T6. Mutation: the kind's own name stands in TYPE.
#[test]
fn in_progress_is_a_gauge() {
    let registry = Registry::new();
    let open = registry.in_progress("open", "Open.").expect("it is valid");
    let _running = open.start();
    let page = Page::parse(registry.to_text()).expect("it is valid");
    let family = page.families().find(|family| family.name == "open");
    assert_eq!(family.map(|family| family.kind), Some(Kind::Gauge));
}

// T8. Mutation: `take_up_rows` takes a row up twice.
#[test]
fn no_series_repeats() {
    let registry = registry();
    let _ = registry.to_text();
    let again = registry.counter_family("calls_total", "Calls.", ["path"]);
    again.expect("it is the same").with(["/c"]).inc();
    let lines = lines(&registry);
    let mut series: Vec<_> = lines.iter().filter(|it| !it.starts_with('#')).collect();
    let all = series.len();
    series.sort();
    series.dedup();
    assert_eq!(series.len(), all);
}

// T9, T10. Mutations: the bucket up to `+Inf` is left out; bounds fall.
#[test]
fn buckets_rise_up_to_infinity_which_holds_all() {
    let lines = lines(&registry());
    let samples: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("size_bytes"))
        .collect();
    assert_eq!(
        samples,
        [
            "size_bytes_bucket{le=\"0.5\"} 0",
            "size_bytes_bucket{le=\"2\"} 1",
            "size_bytes_bucket{le=\"10\"} 1",
            "size_bytes_bucket{le=\"+Inf\"} 1",
            "size_bytes_sum 1",
            "size_bytes_count 1",
        ]
    );
}

// T11. Mutation: `inf` for `+Inf`.
#[test]
fn numbers_are_spelt_as_go_reads_them() {
    for (value, text) in [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
    ] {
        let registry = Registry::new();
        registry.gauge("a", "A.").expect("it is valid").set(value);
        let page = registry.to_text();
        assert!(page.contains(&format!("\na {text}\n")), "{page}");
    }
}

// T10. Mutation: quantiles stand as they are given.
#[test]
fn quantiles_rise() {
    let page = |collect| lines(&collected(collect)).join("\n");
    let rising = page(|families| {
        families.summary("wait", "Waits.", &[], &[(0.5, 3.0), (0.99, 7.0)], 10.0, 2);
    });
    let expected = "wait{quantile=\"0.5\"} 3\nwait{quantile=\"0.99\"} 7\nwait_sum 10";
    assert!(rising.contains(expected), "{rising}");
    let falling = page(|families| {
        families.summary("wait", "Waits.", &[], &[(0.99, 7.0), (0.5, 3.0)], 10.0, 2);
    });
    assert_eq!(falling, "");
}

// T12. Mutation: timestamps in seconds, as in OpenMetrics.
#[test]
fn timestamps_are_in_milliseconds() {
    for millis in [1_520_879_607_789, -1] {
        let page = timed(millis, Format::Text);
        let sample = format!("\ntimed 2 {millis}\n");
        assert!(page.contains(&sample), "{page}");
    }
}

// T12. Mutation: the time of the scrape stands behind each number.
#[test]
fn samples_have_no_timestamps() {
    let page = Page::parse(registry().to_text()).expect("it is valid");
    assert!(page.samples().all(|sample| sample.timestamp.is_none()));
}

// T13. Mutation: `is_identifier` lets a dot pass.
#[test]
fn names_that_need_quotes_are_refused() {
    for name in ["a.b_total", "ä_total", "0_total", "", "a b_total"] {
        assert!(Registry::new().counter(name, "A.").is_err(), "{name}");
    }
}

// T14. Mutation: rows are served as they lie in the table, where those that came
// first have the better places.
#[test]
fn series_stand_in_one_order_whatever_the_order_of_recording() {
    let page = |paths: &mut dyn Iterator<Item = u32>| {
        let registry = Registry::new();
        let made = registry.counter_family("calls_total", "Calls.", ["path"]);
        let calls = made.expect("it is valid");
        for path in paths {
            calls.with([path.to_string().as_str()]).inc();
        }
        registry.to_text()
    };
    assert_eq!(page(&mut (0..100)), page(&mut (0..100).rev()));
}

// T15. Mutation: the text format is written by the encoder of OpenMetrics.
#[test]
fn nothing_of_openmetrics_is_on_the_page() {
    let page = registry().to_text();
    for word in ["# EOF", "# UNIT", "_created", " # {"] {
        assert!(!page.contains(word), "{word}\n{page}");
    }
}
