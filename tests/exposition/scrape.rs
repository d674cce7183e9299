//! What real servers make of the pages.

use crate::population::recorded_with;
use crate::served::Served;
use crate::shared::{known_path, shared};
use integration_tests::protobuf;
use integration_tests::victoria::Victoria;
use metrics_runtime::{Format, Registry};
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(1);

/// A trace's id with all that has to be escaped.
const TRACE: &str = "a\"b\\c\nd";

/// A registry with one family of each kind, and hostile text.
fn registry() -> &'static Registry {
    let registry: &'static Registry = Box::leak(Box::default());
    let made = registry.counter_family("oracle_calls_total", "All \"calls\" \\ \n.", ["path"]);
    let family = made.expect("the description is valid");
    let trace = [("trace_id".to_owned(), TRACE.to_owned())];
    recorded_with(trace.into(), || family.with(["/a\\b\"c\"\n"]).inc_by(3));
    let gauge = registry.gauge("oracle_depth", "Depth.");
    gauge.expect("the description is valid").set(-1.5);
    let histogram = registry.histogram("oracle_size_bytes", "Sizes.", &[0.5, 2.0]);
    let histogram = histogram.expect("the description is valid");
    histogram.observe(0.5);
    histogram.observe(3.0);
    registry
}

/// Scrapes the page until its families are there, and compares them.
fn scrape(format: Format) {
    let shared = shared();
    let path = known_path(format);
    let page = registry().encode(format);
    shared.served.put(&path, format, page);
    let prometheus = &shared.prometheus;
    let of = |name: &str, labels: &str| format!("{name}{{instance=\"{path}\"{labels}}}");
    let calls = prometheus.wait_for(&of("oracle_calls_total", ""), |it| it.len() == 1, LIMIT);
    assert_eq!(calls[0].0["path"], "/a\\b\"c\"\n");
    assert_eq!(calls[0].1.to_string(), "3");
    for (name, labels, expected) in [
        ("up", "", "1"),
        ("oracle_depth", "", "-1.5"),
        ("oracle_size_bytes_count", "", "2"),
        ("oracle_size_bytes_sum", "", "3.5"),
        ("oracle_size_bytes_bucket", r#",le="0.5""#, "1"),
        ("oracle_size_bytes_bucket", r#",le="+Inf""#, "2"),
    ] {
        let query = of(name, labels);
        let found = prometheus.query(&query);
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        assert_eq!(found[0].1.to_string(), expected, "{query}");
    }
    let exemplars = prometheus.exemplars(&of("oracle_calls_total", ""));
    let traces: Vec<_> = exemplars.iter().map(|it| &*it.labels["trace_id"]).collect();
    match format {
        Format::Protobuf => assert_eq!(traces, [TRACE]),
        // Prometheus (2.42) keeps escapes in exemplars as they are.
        Format::OpenMetrics => assert_eq!(traces, [r#"a\"b\\c\nd"#]),
        _ => assert!(traces.is_empty(), "{traces:?}"),
    }
}

#[test]
fn prometheus_scrapes_text() {
    scrape(Format::Text);
}

// Mutations: no `# EOF`; the values of exemplars aren't escaped.
#[test]
fn prometheus_scrapes_openmetrics() {
    let page = registry().encode(Format::OpenMetrics);
    assert!(page.ends_with(b"\n# EOF\n"), "it is text 0.0.4");
    scrape(Format::OpenMetrics);
}

// Mutation: no length before a message.
#[test]
fn prometheus_scrapes_protobuf() {
    let page = registry().encode(Format::Protobuf);
    assert!(protobuf::read(&page).is_ok(), "it is no protobuf");
    scrape(Format::Protobuf);
}

#[test]
fn victoria_metrics_scrapes_text() {
    let served = Served::start();
    let page = registry().encode(Format::Text);
    served.put("/metrics", Format::Text, page);
    let victoria = Victoria::scraping(&served.address());
    let (labels, value) = victoria.wait_for_one("oracle_calls_total", LIMIT);
    assert_eq!(labels["path"], "/a\\b\"c\"\n");
    assert_eq!(value.to_string(), "3");
    let bucket = r#"oracle_size_bytes_bucket{le="+Inf"}"#;
    assert_eq!(victoria.wait_for_one(bucket, LIMIT).1.to_string(), "2");
}
