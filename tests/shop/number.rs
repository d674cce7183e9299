//! Counted by the shop, by its visitors, by its database and by Prometheus: the
//! numbers are the same.
//!
//! With `METRICS_PROVE` the visitors stay a minute.

use std::collections::BTreeSet;
use std::time::Duration;

use integration_tests::component::free_port;
use integration_tests::deadline::poll;
use integration_tests::page::Page;
use integration_tests::prometheus::{Health, Job, Prometheus, Vector};
use integration_tests::promtool;
use integration_tests::pushgateway::Pushgateway;

use crate::figure::below;
use crate::query::{Cache, check_all, stores, unanswered};
use crate::service::{Calls, LIMIT, Report, Shop};
use crate::visit::GUIDED;

const ORDERS: &str = r#"sum(model_inserts_total{model="Order"})"#;

/// What makes counting hard, and how often it is to be seen.
pub(crate) const MIXTURE: [(&str, f64); 7] = [
    ("function_calls_total", 1_500.0),
    ("function_calls_total outcome=ok", 3.0),
    ("function_calls_total outcome=error", 3.0),
    ("function_calls_total outcome=cancelled", 3.0),
    ("http_responses_aborted_total phase=handler", 3.0),
    ("http_responses_aborted_total phase=head", 3.0),
    ("http_responses_aborted_total phase=body", 3.0),
];

#[test]
fn agree_among_shop_visitors_database_and_prometheus() {
    let port = free_port();
    let job = Job::new("shop", &format!("127.0.0.1:{port}"));
    let prometheus = Prometheus::start(&[job], &[]);
    // Its first scrape, seconds from now, fails. Only then does the shop open,
    // so that the traffic is seen from its beginning on a slow machine too.
    prometheus.wait_for("up", |up| !up.is_empty(), LIMIT);
    let shop = Shop::open_on(port, &[], &GUIDED);
    prometheus.wait_for("up == 1", |up| !up.is_empty(), LIMIT);
    assert!(
        prometheus
            .targets()
            .iter()
            .all(|target| target.health == Health::Up),
        "{:?}",
        prometheus.targets()
    );

    check_rise(&prometheus, "sum(function_calls_total)");
    check_rise(&prometheus, "sum(model_inserts_total)");
    check_rise(&prometheus, r#"sum({__name__=~"model_.+_total"})"#);

    let least = [&MIXTURE[..], &stores(Cache::Own)].concat();
    let report = shop.see_out(Duration::from_mins(1), |page| {
        let mut lacking = below(page, &least);
        if lacking.is_empty() {
            lacking = unanswered(&prometheus, Cache::Own);
        }
        lacking
    });
    check_mixture(&report);
    check_calls(&shop, &report);
    check_page(&shop);
    check_prometheus(&prometheus, &shop, &report);
    check_all(&prometheus, &shop, Cache::Own, &report);
    check_consumers(&shop);
    shop.close();
}

/// Two looks at a sum while the visitors are at work.
fn check_rise(prometheus: &Prometheus, sum: &str) {
    let above = |floor: f64| move |series: &Vector| first(series).is_some_and(|sum| sum > floor);
    let start = prometheus.wait_for(sum, above(0.0), LIMIT);
    let start = first(&start).expect("the sum was just seen");
    prometheus.wait_for(sum, above(start), LIMIT);
}

/// The traffic must have all that makes counting hard.
fn check_mixture(report: &Report) {
    assert!(report.requests > 0.0, "{report:?}");
    // Nobody knows whether the shop handled a request that got no answer.
    assert_eq!(report.failed, 0, "{report:?}");
    for outcome in ["ok", "error", "cancelled"] {
        assert!(report.total(outcome) > 0.0, "no `{outcome}` in {report:?}");
    }
    for phase in ["handler", "head", "body"] {
        let mut aborted = report.routes.iter().map(|route| route.aborted.get(phase));
        assert!(
            aborted.any(|count| count.is_some()),
            "no `{phase}` in {report:?}"
        );
    }
}

/// The page says of the handlers' calls what the visitors say.
pub(crate) fn check_calls(shop: &Shop, report: &Report) {
    let expected = report.calls();
    let seen = || calls_of(&shop.page(), report);
    let settled = poll(LIMIT, || Some(seen()).filter(|calls| *calls == expected));
    let differences = compare(&settled.unwrap_or_else(seen), &expected);
    assert!(
        differences.is_empty(),
        "`function_calls_total` on the shop's page isn't what its visitors counted: {differences:#?}"
    );
}

/// The page says what the database says, and nothing is under way.
fn check_page(shop: &Shop) {
    let both = || (inserts_of(&shop.page()), Some(shop.orders()));
    let settled = poll(LIMIT, || Some(both()).filter(|(page, table)| page == table));
    let (page, table) = settled.unwrap_or_else(both);
    assert_eq!(
        page, table,
        "`model_inserts_total` on the shop's page (left) isn't the number of orders in its database (right)"
    );

    let page = shop.page();
    let open = page.sum("function_calls_in_progress", &[]);
    assert!(
        open.is_none_or(|open| open.abs() < 0.5),
        "{open:?} calls in progress after the traffic"
    );
}

/// Prometheus has scraped the settled page, and never saw a counter fall.
fn check_prometheus(prometheus: &Prometheus, shop: &Shop, report: &Report) {
    let expected = report.calls();
    let seen = || {
        let series = prometheus.query("sum by (function, outcome) (function_calls_total)");
        let mut calls: Calls = series
            .into_iter()
            .map(|(labels, count)| {
                let label = |name| labels.get(name).cloned().unwrap_or_default();
                ((label("function"), label("outcome")), count)
            })
            .collect();
        calls.retain(|(function, _), count| report.has(function) && *count > 0.0);
        calls
    };
    let settled = poll(LIMIT, || Some(seen()).filter(|calls| *calls == expected));
    let differences = compare(&settled.unwrap_or_else(seen), &expected);
    assert!(
        differences.is_empty(),
        "`function_calls_total` in Prometheus isn't what the visitors counted: {differences:#?}"
    );

    let orders = shop.orders();
    prometheus.wait_for(ORDERS, |series| first(series) == Some(orders), LIMIT);
    for counter in ["function_calls_total", "model_inserts_total"] {
        let falls = prometheus.query(&format!("resets({counter}[10m]) > 0"));
        assert!(falls.is_empty(), "{counter} fell: {falls:#?}");
    }
}

/// Prometheus' own tools accept the page.
fn check_consumers(shop: &Shop) {
    let page = shop.get("/metrics").text();
    let checked = promtool::check_metrics(&page);
    assert_eq!(checked, Ok(()), "promtool refuses the page:\n{page}");
    let pushed = Pushgateway::start().put("shop", &page);
    assert_eq!(pushed.status, 200, "{}\n{page}", pushed.text());
}

/// `function_calls_total` of the functions that the visitors know, without zeros.
fn calls_of(page: &Page, report: &Report) -> Calls {
    let mut calls = Calls::new();
    for sample in page.samples() {
        let label = |name| sample.labels.get(name).cloned().unwrap_or_default();
        let function = label("function");
        if sample.name == "function_calls_total" && sample.value > 0.0 && report.has(&function) {
            *calls.entry((function, label("outcome"))).or_default() += sample.value;
        }
    }
    calls
}

/// One line for each number that differs.
fn compare(seen: &Calls, expected: &Calls) -> Vec<String> {
    let keys: BTreeSet<_> = seen.keys().chain(expected.keys()).collect();
    let count = |calls: &Calls, key| calls.get(key).copied().unwrap_or_default();
    keys.into_iter()
        .filter(|key| seen.get(key) != expected.get(key))
        .map(|key| {
            let (seen, expected) = (count(seen, key), count(expected, key));
            format!("{} {}: {seen} instead of {expected}", key.0, key.1)
        })
        .collect()
}

fn inserts_of(page: &Page) -> Option<f64> {
    page.sum("model_inserts_total", &[("model", "Order")])
}

fn first(series: &Vector) -> Option<f64> {
    series.first().map(|(_, value)| *value)
}
