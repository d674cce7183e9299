//! Values beside those of the reference, where Django's own aren't at fault.

use integration_tests::openmetrics::Family;
use integration_tests::page::Page;
use std::collections::BTreeMap;

/// By name and labels, as they are compared.
type Values = BTreeMap<(String, BTreeMap<String, String>), f64>;

/// Families whose values are what the requests make them; the others have times, sizes
/// of texts, or statements of Django's own (savepoints, `BEGIN`).
const COMPARED: [&str; 24] = [
    "django_cache_get_hits_total",
    "django_cache_get_misses_total",
    "django_cache_get_total",
    "django_db_errors_total",
    "django_http_ajax_requests_total",
    "django_http_exceptions_total_by_type_total",
    "django_http_exceptions_total_by_view_total",
    "django_http_requests_before_middlewares_total",
    "django_http_requests_body_total_bytes_bucket",
    "django_http_requests_body_total_bytes_count",
    "django_http_requests_body_total_bytes_sum",
    "django_http_requests_latency_including_middlewares_seconds_count",
    "django_http_requests_total_by_method_total",
    "django_http_requests_total_by_transport_total",
    "django_http_requests_total_by_view_transport_method_total",
    "django_http_responses_before_middlewares_total",
    "django_http_responses_body_total_bytes_count",
    "django_http_responses_streaming_total",
    "django_http_responses_total_by_charset_total",
    "django_http_responses_total_by_status_total",
    "django_http_responses_total_by_status_view_method_total",
    "django_http_responses_total_by_templatename_total",
    "django_model_deletes_total",
    "django_model_updates_total",
];

/// This one is compared as it should be: requests whose view raised an exception are in
/// it twice, and an unknown method as the client has sent it.
const LATENCIES: &str = "django_http_requests_latency_seconds_by_view_method_count";
const RAISED: [&str; 3] = ["boom", "denied", "shop:detail"];

fn corrected(values: Values) -> Values {
    let correct = |((name, mut labels), mut value): ((String, BTreeMap<_, _>), f64)| {
        if name == LATENCIES {
            let view: &String = &labels["view"];
            if RAISED.contains(&view.as_str()) {
                assert!((value - 2.0).abs() < f64::EPSILON, "the fault is Django's");
                value = 1.0;
            }
            if labels["method"] == "FOO" {
                labels.insert("method".to_owned(), "<invalid method>".to_owned());
            }
        }
        ((name, labels), value)
    };
    values.into_iter().map(correct).collect()
}

fn is_compared(name: &str) -> bool {
    COMPARED.contains(&name) || name == LATENCIES
}

fn of_reference(page: &Page, namespace: &str) -> Values {
    let samples = page.samples().filter_map(|sample| {
        let name = sample.name.strip_prefix(namespace)?;
        let key = (name.to_owned(), canonical(sample.labels.clone()));
        is_compared(name).then_some((key, sample.value))
    });
    samples.collect()
}

/// Bounds in one spelling.
fn canonical(mut labels: BTreeMap<String, String>) -> BTreeMap<String, String> {
    if let Some(bound) = labels.get_mut("le") {
        let value: f64 = bound.parse().expect("a bound is a number");
        *bound = value.to_string();
    }
    labels
}

fn of_openmetrics(page: &[Family], namespace: &str) -> Values {
    let samples = page.iter().flat_map(|family| &family.samples);
    let samples = samples.filter_map(|sample| {
        let name = sample.name.strip_prefix(namespace)?;
        let key = (name.to_owned(), canonical(sample.labels.clone()));
        is_compared(name).then_some((key, sample.value))
    });
    samples.collect()
}

/// The last page has the values that Django's last one had.
pub(crate) fn assert_equal(page: &[Family], reference: &Page, namespace: &str) {
    let expected = corrected(of_reference(reference, namespace));
    assert!(expected.len() > 80, "{}", expected.len());
    for name in COMPARED {
        assert!(expected.keys().any(|(known, _)| known == name), "{name}");
    }
    let mut ours = of_openmetrics(page, namespace);
    // Django's families of exceptions have no zeros, and neither have ours.
    ours.retain(|key, value| *value != 0.0 || expected.contains_key(key));
    assert_eq!(ours, expected);
    assert_queries(page, namespace);
}

/// What sqlx was asked, of which Django's own statements are no part: its table, five of
/// `create`, four of `dberr`, and two counts.
fn assert_queries(page: &[Family], namespace: &str) {
    for (name, expected) in [
        ("django_db_execute_total", 12.0),
        ("django_db_execute_many_total", 1.0),
        ("django_db_new_connections_total", 1.0),
        ("django_db_new_connection_errors_total", 0.0),
        ("django_db_query_duration_seconds_count", 12.0),
    ] {
        let mut samples = page.iter().flat_map(|family| &family.samples);
        let found = samples.find(|sample| sample.name == format!("{namespace}{name}"));
        let found = found.unwrap_or_else(|| panic!("{name} is there"));
        let labels = ["alias", "vendor"].map(|label| found.labels[label].as_str());
        assert_eq!(labels, ["default", "sqlite"], "{name}");
        assert!(
            (found.value - expected).abs() < f64::EPSILON,
            "{name}: {}",
            found.value
        );
    }
}
