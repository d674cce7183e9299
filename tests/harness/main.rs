//! The harness against the real components: what it starts runs, what it asks
//! is answered, and its own parser agrees with theirs.

mod checklist;

use std::time::Duration;

use integration_tests::http;
use integration_tests::page::Page;
use integration_tests::prometheus::{Health, Job, Prometheus};
use integration_tests::promtool;
use integration_tests::pushgateway::Pushgateway;

const LIMIT: Duration = Duration::from_mins(1);

/// A page with every kind of family and all that has to be escaped.
const PAGE: &str = r#"# HELP demo_requests_total Requests, "quoted", with \\ and \n.
# TYPE demo_requests_total counter
demo_requests_total{path="/a\\b\"c\"\n",code="200"} 3
demo_requests_total{path="",code="500"} 1e-05
# HELP demo_ratio A ratio.
# TYPE demo_ratio gauge
demo_ratio NaN
# HELP demo_seconds Durations.
# TYPE demo_seconds histogram
demo_seconds_bucket{le="0.005"} 1
demo_seconds_bucket{le="+Inf"} 2
demo_seconds_sum 1.5
demo_seconds_count 2
# HELP demo_size_bytes Sizes.
# TYPE demo_size_bytes summary
demo_size_bytes{quantile="0.5"} +Inf
demo_size_bytes_sum -1.5
demo_size_bytes_count 2
"#;

#[test]
fn prometheus_scrapes_what_the_pushgateway_accepted() {
    let gateway = Pushgateway::start();
    let pushed = gateway.put("harness", PAGE);
    assert_eq!(pushed.status, 200, "{}", pushed.text());

    let jobs = [
        Job::new("gateway", gateway.address()),
        Job::new("nobody", "127.0.0.1:1").scrape_interval(Duration::from_millis(500)),
    ];
    let prometheus = Prometheus::start(&jobs, &["exemplar-storage"]);
    let scraped = r#"demo_requests_total{exported_job="harness"}"#;
    let found = prometheus.wait_for(scraped, |series| series.len() == 2, LIMIT);
    let value = found
        .iter()
        .find(|(labels, _)| labels["code"] == "200")
        .map(|(labels, value)| (labels["path"].as_str(), *value));
    assert_eq!(value, Some(("/a\\b\"c\"\n", 3.0)));
    assert_eq!(prometheus.query("scalar(vector(7))")[0].1.to_string(), "7");
    let ratio = prometheus.query("demo_ratio");
    assert!(ratio[0].1.is_nan(), "{ratio:?}");

    // Pages of Go's client library, with summaries and histograms of its own.
    for url in [prometheus.url(), &format!("http://{}", gateway.address())] {
        let response = http::get(&format!("{url}/metrics"), &[]).expect("the page is served");
        let page = Page::parse(&response.body).expect("Go's encoder writes valid pages");
        assert!(page.families().count() > 20, "{url}");
    }

    prometheus.wait_for(r#"up{job="nobody"}"#, |up| !up.is_empty(), LIMIT);
    for target in prometheus.targets() {
        let (health, failed) = match target.job.as_str() {
            "gateway" => (Health::Up, false),
            _ => (Health::Down, true),
        };
        assert_eq!(target.health, health, "{target:?}");
        assert_eq!(!target.error.is_empty(), failed, "{target:?}");
    }
}

#[test]
fn a_good_page_passes_everywhere() {
    assert_eq!(promtool::check_metrics(PAGE), Ok(()));
    let page = Page::parse(PAGE).expect("the page is valid");
    assert_eq!(
        page.sum("demo_requests_total", &[("code", "200")]),
        Some(3.0)
    );
}

#[test]
fn promtool_tells_what_is_wrong() {
    let unparsable = promtool::check_metrics("m{l=\"\\q\"} 1\n");
    let unparsable = unparsable.expect_err("the escape is invalid");
    assert!(unparsable.contains("escape"), "{unparsable}");
    let unnamed = promtool::check_metrics("# HELP m_count A.\n# TYPE m_count counter\nm_count 1\n");
    let unnamed = unnamed.expect_err("the name breaks a rule");
    assert!(unnamed.contains("m_count"), "{unnamed}");
}

#[test]
fn the_pushgateway_and_the_parser_refuse_a_repeated_series() {
    let page = "# TYPE m gauge\nm{a=\"1\"} 1\nm{a=\"1\"} 2\n";
    let response = Pushgateway::start().put("harness", page);
    assert_eq!(response.status, 400, "{}", response.text());
    assert!(Page::parse(page).is_err());
}
