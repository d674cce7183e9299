//! What scrapers make of the shop's page, each in the format that it asks for:
//! Prometheus with native histograms and exemplars (protobuf), Prometheus as it
//! comes (OpenMetrics), and `VictoriaMetrics` (text).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use integration_tests::component::free_port;
use integration_tests::deadline::poll;
use integration_tests::prometheus::{Exemplar, Job, Prometheus, Vector};
use integration_tests::victoria::Victoria;

use crate::business;
use crate::figure::below;
use crate::service::{LIMIT, Report, Shop, TraceReport};
use crate::visit::{GUIDED, PATIENCE};

/// Bounds of the order value's buckets within a power of two: eight, so that each
/// is at most 1.1 times the one before, the default of native histograms.
const BOUNDS: f64 = 8.0;

/// What the exemplars of handlers stand beside.
const CALLS: &str = "function_calls_total";
const DURATIONS: &str = "function_duration_seconds_bucket";
const INSERTS: &str = r#"model_inserts_total{model="Order"}"#;

/// How the calls with exemplars have ended.
const OUTCOMES: [&str; 3] = ["cancelled", "error", "ok"];

/// What there has to be for a quantile, and for the sums.
const LEAST: [(&str, f64); 4] = [
    ("function_calls_total", 1_500.0),
    ("order_value_dollars_count", 30.0),
    ("error_answers_total", 3.0),
    (
        "function_duration_seconds_count function=pay_order outcome=cancelled",
        3.0,
    ),
];

/// The numbers on which all scrapers must agree in the end: what the visitors
/// caused, not what goes on behind the counter.
const SUMS: [(&str, &[(&str, &str)]); 5] = [
    ("function_calls_total", &[("function", "place_order")]),
    (
        "function_duration_seconds_count",
        &[("function", "pay_order"), ("outcome", "cancelled")],
    ),
    ("model_inserts_total", &[]),
    ("error_answers_total", &[]),
    ("http_request_db_queries_bucket", &[("le", "+Inf")]),
];

#[test]
fn scrapers_of_all_formats_ingest_the_shop() {
    let port = free_port();
    let target = format!("127.0.0.1:{port}");
    let jobs = [Job::new("shop", &target)];
    let native = Prometheus::start(&jobs, &["native-histograms", "exemplar-storage"]);
    let plain = Prometheus::start(&jobs, &[]);
    let victoria = Victoria::scraping(&target);
    // Their first scrapes, seconds from now, fail. Only then does the shop open,
    // so that its traffic is seen from the beginning.
    for prometheus in [&native, &plain] {
        prometheus.wait_for("up", |up| !up.is_empty(), LIMIT);
    }
    let shop = Shop::open_on(port, &[], &GUIDED);
    check_business(&native, &plain, &victoria);
    let report = shop.see_out(Duration::ZERO, |page| {
        let mut lacking = below(page, &LEAST);
        if lacking.is_empty() {
            lacking = without_exemplars(&native);
        }
        lacking
    });
    assert_eq!(report.failed, 0, "{report:?}");

    check_quantiles(&native, &report);
    check_exemplars(&native, &report);
    check_formats(&shop, &native, &plain, &victoria);
    check_sums(&shop, &report, &native, &plain, &victoria);
}

/// Ends of a call, and an insert, of which Prometheus has no exemplar yet.
fn without_exemplars(prometheus: &Prometheus) -> Vec<String> {
    let calls = [CALLS, DURATIONS].map(|name| format!(r#"{name}{{function="pay_order"}}"#));
    let mut lacking: Vec<String> = calls
        .iter()
        .flat_map(|series| {
            let exemplars = prometheus.exemplars(series).into_iter();
            let outcomes = exemplars.filter_map(|mut one| one.series.remove("outcome"));
            let outcomes: BTreeSet<String> = outcomes.collect();
            let lacking = OUTCOMES
                .iter()
                .filter(|outcome| !outcomes.contains(**outcome));
            let lacking: Vec<_> = lacking.map(|one| format!("{series} {one}")).collect();
            lacking
        })
        .collect();
    if prometheus.exemplars(INSERTS).is_empty() {
        lacking.push(INSERTS.to_owned());
    }
    lacking
}

/// Every family of the business has data while the visitors are there.
fn check_business(native: &Prometheus, plain: &Prometheus, victoria: &Victoria) {
    for query in business::queries() {
        for prometheus in [native, plain] {
            prometheus.wait_for(&query, |series| series.len() == 1, PATIENCE);
        }
        victoria.wait_for_one(&query, PATIENCE);
    }
}

/// `histogram_quantile` of the native histogram is in the bucket of the true
/// quantile, which the visitors know: they have been told what each order costs.
///
/// Mutations: the shop observes cents; the first span begins one bucket too high.
fn check_quantiles(prometheus: &Prometheus, report: &Report) {
    let orders: u32 = report.order_cents.values().sum();
    assert!(orders > 20, "{report:?}");
    let all = format!("histogram_count(order_value_dollars) == {orders}");
    prometheus.wait_for(&all, |series| series.len() == 1, LIMIT);

    let cents = report.order_cents.iter();
    let cents = cents.map(|(value, count)| f64::from(*value) * f64::from(*count));
    let sum = only(&prometheus.query("histogram_sum(order_value_dollars)"));
    let expected = cents.sum::<f64>() / 100.0;
    assert!(
        (sum - expected).abs() < 0.001,
        "{sum} instead of {expected}"
    );

    for quantile in [0.1, 0.5, 0.9, 0.99] {
        let query = format!("histogram_quantile({quantile}, order_value_dollars)");
        let found = only(&prometheus.query(&query));
        let truth = exact_quantile(&report.order_cents, f64::from(orders) * quantile) / 100.0;
        let (lower, upper) = bucket_of(truth);
        assert!(
            (lower..=upper).contains(&found),
            "{query} is {found}, the true quantile {truth} is between {lower} and {upper}; {:?}",
            report.order_cents
        );
    }
}

/// The bounds of the bucket that a value is in, the lower one excluded, with room
/// for what a server's arithmetic rounds.
fn bucket_of(value: f64) -> (f64, f64) {
    let index = (value.log2() * BOUNDS).ceil();
    let bound = |index: f64| (index / BOUNDS).exp2();
    (
        bound(index - 1.0) * (1.0 - 1e-9),
        bound(index) * (1.0 + 1e-9),
    )
}

/// The lowest value that at least `rank` values don't exceed.
fn exact_quantile(values: &BTreeMap<u32, u32>, rank: f64) -> f64 {
    let mut passed = 0;
    let mut values = values.iter();
    let found = values.find(|(_, count)| {
        passed += *count;
        f64::from(passed) >= rank
    });
    found.map_or(f64::NAN, |(value, _)| f64::from(*value))
}

/// Each exemplar leads to the span of a request that was a call of that function
/// and ended that way, and that was sampled.
///
/// Mutations: the exemplar of a cell is kept at the next one; `is_sampled` isn't
/// asked; the insert of an order isn't in its request's span.
fn check_exemplars(prometheus: &Prometheus, report: &Report) {
    let traces = report.traces.iter();
    let traces: BTreeMap<&str, &TraceReport> =
        traces.map(|trace| (&*trace.trace_id, trace)).collect();
    for series in [CALLS, DURATIONS] {
        let mut functions = BTreeMap::new();
        for exemplar in prometheus.exemplars(series) {
            let trace = check_trace(&exemplar, &traces);
            let label = |name| exemplar.series.get(name).cloned().unwrap_or_default();
            let (function, outcome) = (label("function"), label("outcome"));
            // Others are called by handlers.
            if report.has(&function) {
                assert_eq!((&function, &outcome), (&trace.function, &trace.outcome));
                *functions.entry(outcome).or_insert(0) += 1;
            }
            assert!(is_within(&exemplar), "{exemplar:?} isn't in its bucket");
        }
        let outcomes: Vec<&str> = functions.keys().map(String::as_str).collect();
        assert_eq!(outcomes, OUTCOMES, "{series}");
    }
    let inserts = prometheus.exemplars(INSERTS);
    assert!(!inserts.is_empty());
    for exemplar in &inserts {
        let trace = check_trace(exemplar, &traces);
        assert_eq!(trace.function, "place_order", "{exemplar:?}");
    }
    // The server, too, knows which series have none.
    assert!(prometheus.exemplars("tasks_in_progress").is_empty());
}

/// The request whose trace and span the exemplar names.
fn check_trace<'a>(
    exemplar: &Exemplar,
    traces: &BTreeMap<&str, &'a TraceReport>,
) -> &'a TraceReport {
    let label = |name| exemplar.labels.get(name).map_or("", String::as_str);
    let trace = traces.get(label("trace_id"));
    let trace = trace.unwrap_or_else(|| panic!("no visitor knows the trace of {exemplar:?}"));
    let span = label("span_id");
    assert_eq!(span.len(), 16, "{exemplar:?}");
    if let Some(known) = &trace.span_id {
        assert_eq!(span, known, "{exemplar:?}");
    }
    trace
}

/// Whether the value is in the bucket beside which it stands, if it is one.
fn is_within(exemplar: &Exemplar) -> bool {
    let bound = exemplar.series.get("le").map(|le| le.parse::<f64>());
    bound.is_none_or(|bound| bound.is_ok_and(|bound| exemplar.value <= bound))
}

/// Each scraper got what only its format has.
fn check_formats(shop: &Shop, native: &Prometheus, plain: &Prometheus, victoria: &Victoria) {
    let none = |series: &Vector| series.is_empty();
    // Native histograms are in protobuf alone, and then without other buckets.
    native.wait_for("order_value_dollars_bucket", none, LIMIT);
    // In OpenMetrics histograms have a time of creation, in text they have none.
    let one = |series: &Vector| series.len() == 1;
    plain.wait_for("order_value_dollars_created", one, LIMIT);
    plain.wait_for("histogram_count(order_value_dollars)", none, LIMIT);
    victoria.wait_for_one("count(order_value_dollars_bucket) > 1", LIMIT);
    victoria.wait_for_one("absent(order_value_dollars_created)", LIMIT);

    let page = shop.page();
    for format in ["protobuf", "openmetrics", "text"] {
        let scrapes = page.value("metrics_scrapes_total", &[("format", format)]);
        assert!(scrapes.is_some_and(|scrapes| scrapes > 0.0), "{format}");
    }
}

/// All of them say in the end what the page says, and what the visitors do.
fn check_sums(
    shop: &Shop,
    report: &Report,
    native: &Prometheus,
    plain: &Prometheus,
    victoria: &Victoria,
) {
    let page = shop.page();
    for (name, labels) in SUMS {
        let selector = labels
            .iter()
            .map(|(name, value)| format!("{name}={value:?}"));
        let selector = selector.collect::<Vec<_>>().join(",");
        let query = format!("sum({name}{{{selector}}})");
        let expected = page.sum(name, labels);
        let expected = expected.unwrap_or_else(|| panic!("the page has no {name}"));
        let agrees = |sum: f64| sum.to_bits() == expected.to_bits();
        for prometheus in [native, plain] {
            let agrees = |series: &Vector| series.len() == 1 && agrees(only(series));
            prometheus.wait_for(&query, agrees, LIMIT);
        }
        let found = poll(LIMIT, || {
            let (_, sum) = victoria.wait_for_one(&query, LIMIT);
            agrees(sum).then_some(sum)
        });
        assert_eq!(found, Some(expected), "{query} in VictoriaMetrics");
    }
    let orders = f64::from(report.order_cents.values().sum::<u32>());
    let count = format!("order_value_dollars_count == {orders}");
    plain.wait_for(&count, |series| series.len() == 1, LIMIT);
    victoria.wait_for_one(&count, LIMIT);
}

fn only(series: &Vector) -> f64 {
    let [(_, value)] = series.as_slice() else {
        panic!("one series, not {series:?}");
    };
    *value
}
