//! The shop's requests, as the HTTP layer counts them and as its visitors do, who
//! also hang up: at the handler, between the head of an answer and its body, and in
//! the body.
//!
//! With `METRICS_PROVE` the visitors stay forty seconds.

use std::collections::BTreeMap;
use std::time::Duration;

use integration_tests::deadline::poll;
use integration_tests::page::Page;

use crate::figure::below;
use crate::service::{LIMIT, Report, RouteReport, Shop};
use crate::visit::GUIDED;

/// Numbers by family, then by the values of labels.
type Figures = BTreeMap<(&'static str, Vec<String>), f64>;

/// How often these are to be seen.
const LEAST: [(&str, f64); 8] = [
    ("http_requests_total", 1_000.0),
    ("http_requests_total status=499", 3.0),
    ("http_requests_total status=409", 3.0),
    ("http_responses_aborted_total phase=handler", 3.0),
    ("http_responses_aborted_total phase=head", 3.0),
    ("http_responses_aborted_total phase=body", 3.0),
    ("http_exceptions_total kind=unavailable", 3.0),
    ("http_exceptions_total kind=recommendation", 3.0),
];

/// What the visitors know exactly, and the labels by which they do.
const FAMILIES: [(&str, &[&str]); 3] = [
    ("http_requests_total", &["method", "endpoint", "status"]),
    ("http_responses_aborted_total", &["endpoint", "phase"]),
    ("http_exceptions_total", &["endpoint", "kind"]),
];

// Mutations: a `Guard` that is dropped in the handler isn't ended; `Stage::phase` says `body` for `Head`;
// `ShopError` has no `ErrorKind`.
#[test]
fn are_counted_once_however_they_end() {
    let shop = Shop::open(&GUIDED);
    let report = shop.see_out(Duration::from_secs(40), |page| below(page, &LEAST));
    assert_eq!(report.failed, 0, "{report:?}");

    let expected = expected(&report);
    let seen = || seen(&shop.page());
    let settled = poll(LIMIT, || Some(seen()).filter(|seen| *seen == expected));
    assert_eq!(
        settled.unwrap_or_else(seen),
        expected,
        "the shop's page (left) isn't what its visitors counted (right)"
    );
    check_rest(&shop.page(), &report);
    let given_up = |phase| -> f64 {
        let counts = report
            .routes
            .iter()
            .filter_map(|route| route.aborted.get(phase));
        counts.sum()
    };
    println!(
        "{} requests, given up: {} in the handler, {} after the head, {} in the body",
        report.requests,
        given_up("handler"),
        given_up("head"),
        given_up("body"),
    );
}

/// What the page must say, by what the visitors have seen.
fn expected(report: &Report) -> Figures {
    let mut figures = Figures::new();
    let mut add = |family, labels: &[&str], count| {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        *figures.entry((family, labels)).or_default() += count;
    };
    for route in &report.routes {
        let (method, endpoint) = route.route.split_once(' ').expect("a method and a path");
        // 499: nobody waited for the answer.
        let cancelled = Some((&499, &route.cancelled)).filter(|(_, count)| **count > 0.0);
        for (status, count) in route.answers.iter().chain(cancelled) {
            let labels = [method, endpoint, &status.to_string()];
            add("http_requests_total", &labels, *count);
            if let Some(kind) = kind(route, *status) {
                add("http_exceptions_total", &[endpoint, kind], *count);
            }
        }
        for (phase, count) in &route.aborted {
            add("http_responses_aborted_total", &[endpoint, phase], *count);
        }
    }
    figures
}

/// Which of the shop's errors a status of 500 and above stands for.
fn kind(route: &RouteReport, status: u16) -> Option<&'static str> {
    match (&*route.function, status) {
        (_, ..500) => None,
        ("pay_order", 502) => Some("unavailable"),
        ("pay_order", 504) => Some("timed_out"),
        ("recommend_products", 500) => Some("recommendation"),
        _ => Some("unknown to the visitors"),
    }
}

/// What the page says instead.
fn seen(page: &Page) -> Figures {
    let mut figures = Figures::new();
    for sample in page.samples().filter(|sample| sample.value > 0.0) {
        if let Some((family, labels)) = FAMILIES.iter().find(|(name, _)| *name == sample.name) {
            let value = |label: &&str| sample.labels.get(*label).cloned().unwrap_or_default();
            let labels = labels.iter().map(value).collect();
            *figures.entry((*family, labels)).or_default() += sample.value;
        }
    }
    figures
}

/// Each request has a duration and sizes, those with an answer a first byte, and
/// none is under way.
fn check_rest(page: &Page, report: &Report) {
    let cancelled: f64 = report.routes.iter().map(|route| route.cancelled).sum();
    for (name, count) in [
        ("http_request_duration_seconds_count", report.requests),
        ("http_request_size_bytes_count", report.requests),
        ("http_response_size_bytes_count", report.requests),
        (
            "http_time_to_first_byte_seconds_count",
            report.requests - cancelled,
        ),
        ("http_requests_in_progress", 0.0),
    ] {
        assert_eq!(page.sum(name, &[]), Some(count), "{name}");
    }
    let open = page.samples().find(|sample| {
        // One below zero would hide one above it in a sum.
        sample.name == "http_requests_in_progress" && sample.value.abs() > 0.0
    });
    assert!(open.is_none(), "{open:?}");
    // Scrapes aren't requests of the service.
    let scrapes = page.sum("http_requests_total", &[("endpoint", "/metrics")]);
    assert_eq!(scrapes, None);
}
