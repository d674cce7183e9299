//! What real servers make of the pages.

use crate::served::Served;
use integration_tests::prometheus::{Health, Job, Prometheus};
use integration_tests::protobuf;
use integration_tests::victoria::Victoria;
use metrics_runtime::{Format, Registry};
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(1);

/// A registry with one family of each kind, and hostile text.
fn registry() -> &'static Registry {
    let registry: &'static Registry = Box::leak(Box::default());
    let made = registry.counter_family("oracle_calls_total", "All \"calls\" \\ \n.", ["path"]);
    let family = made.expect("the description is valid");
    family.with(["/a\\b\"c\"\n"]).inc_by(3);
    let gauge = registry.gauge("oracle_depth", "Depth.");
    gauge.expect("the description is valid").set(-1.5);
    let histogram = registry.histogram("oracle_size_bytes", "Sizes.", &[0.5, 2.0]);
    let histogram = histogram.expect("the description is valid");
    histogram.observe(0.5);
    histogram.observe(3.0);
    registry
}

fn serve(format: Format) -> Served {
    let registry = registry();
    Served::new(format.content_type(), move || registry.encode(format))
}

/// Scrapes the page until its families are there, and compares them.
fn scrape(format: Format, features: &[&str]) {
    let served = serve(format);
    let jobs = [Job::new("page", &served.address())];
    let prometheus = Prometheus::start(&jobs, features);
    prometheus.wait_for(r#"up{job="page"}"#, |up| !up.is_empty(), LIMIT);
    for target in prometheus.targets() {
        assert_eq!(target.health, Health::Up, "{target:?}");
    }
    let calls = prometheus.wait_for("oracle_calls_total", |it| it.len() == 1, LIMIT);
    assert_eq!(calls[0].0["path"], "/a\\b\"c\"\n");
    assert_eq!(calls[0].1.to_string(), "3");
    for (query, expected) in [
        ("oracle_depth", "-1.5"),
        ("oracle_size_bytes_count", "2"),
        ("oracle_size_bytes_sum", "3.5"),
        (r#"oracle_size_bytes_bucket{le="0.5"}"#, "1"),
        (r#"oracle_size_bytes_bucket{le="+Inf"}"#, "2"),
    ] {
        let found = prometheus.query(query);
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        assert_eq!(found[0].1.to_string(), expected, "{query}");
    }
}

#[test]
fn prometheus_scrapes_text() {
    scrape(Format::Text, &[]);
}

// Mutation: no `# EOF`.
#[test]
fn prometheus_scrapes_openmetrics() {
    let page = registry().encode(Format::OpenMetrics);
    assert!(page.ends_with(b"\n# EOF\n"), "it is text 0.0.4");
    scrape(Format::OpenMetrics, &[]);
}

// Mutation: no length before a message.
#[test]
fn prometheus_scrapes_protobuf() {
    let page = registry().encode(Format::Protobuf);
    assert!(protobuf::read(&page).is_ok(), "it is no protobuf");
    scrape(Format::Protobuf, &["native-histograms", "exemplar-storage"]);
}

#[test]
fn victoria_metrics_scrapes_text() {
    let served = serve(Format::Text);
    let victoria = Victoria::scraping(&served.address());
    let (labels, value) = victoria.wait_for_one("oracle_calls_total", LIMIT);
    assert_eq!(labels["path"], "/a\\b\"c\"\n");
    assert_eq!(value.to_string(), "3");
    let bucket = r#"oracle_size_bytes_bucket{le="+Inf"}"#;
    assert_eq!(victoria.wait_for_one(bucket, LIMIT).1.to_string(), "2");
}
