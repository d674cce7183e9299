//! What an operator looks at first, where the visitors know the truth: caches,
//! queries, payments, tasks, streams and open connections.

use std::time::Duration;

use integration_tests::deadline::poll;
use integration_tests::page::Page;

use crate::figure::{Figures, below, seen, value};
use crate::service::{LIMIT, Report, Shop};
use crate::visit::GUIDED;

/// What the shop has in its range, each of which is an item of the export.
const PRODUCTS: f64 = 8.0;

/// What is compared, and how often it is to be seen: labels that are found out by a call
/// have no series before one.
const LEAST: [(&str, f64); 20] = [
    ("function_calls_total", 800.0),
    ("cache_hits_total cache=products", 3.0),
    ("cache_misses_total cache=products", 3.0),
    ("cache_deletes_total cache=products", 3.0),
    ("db_slow_queries_total table=sales", 1.0),
    ("model_inserts_total model=Rating", 3.0),
    ("model_updates_total model=Rating", 1.0),
    ("payments_total outcome=ok", 3.0),
    ("payments_total outcome=cancelled", 3.0),
    ("payments_total error=declined", 1.0),
    ("payments_total error=unavailable", 1.0),
    ("task_runs_total task=send_receipt outcome=ok", 3.0),
    ("task_runs_total task=purge_sessions outcome=ok", 1.0),
    ("function_stream_items_total function=export", 3.0),
    ("websocket_messages_sent_total outcome=ok", 3.0),
    ("search_duration_seconds_count", 3.0),
    // A name that is taken.
    ("db_errors_total", 1.0),
    // A product that nobody sells, so that not every miss is filled.
    ("error_answers_total status=404", 1.0),
    ("error_answers_total status=409", 1.0),
    ("error_answers_total status=422", 1.0),
];

#[test]
fn agrees_with_the_visitors_on_what_operators_look_at() {
    let shop = Shop::open(&GUIDED);
    let report = shop.see_out(Duration::ZERO, lacking);
    assert_eq!(report.failed, 0, "{report:?}");

    let expected = expected(&report);
    let seen = || seen(&shop.page(), &expected);
    let settled = poll(LIMIT, || Some(seen()).filter(|seen| *seen == expected));
    assert_eq!(
        settled.unwrap_or_else(seen),
        expected,
        "the shop's page (left) isn't what its visitors counted (right)"
    );

    let page = shop.page();
    check_cache(&page);
    check_queries(&page, &report);
    check_searches(&page, &report);
    check_tasks(&page);
}

/// What the page doesn't tell of yet.
fn lacking(page: &Page) -> Vec<String> {
    let mut lacking = below(page, &LEAST);
    let calls = value(page, "function_calls_total function=search_products");
    if calls <= value(page, "search_duration_seconds_count") {
        lacking.push("a search for nothing".to_owned());
    }
    lacking
}

/// What the page must say, by what the visitors have seen.
fn expected(report: &Report) -> Figures {
    let of = |function, status| report.answers(function, |found| found == status);
    let ok = |function| report.answers(function, |status| status < 400);
    let all = |function| report.answers(function, |_| true);
    // Whoever isn't let in gets no further than to the sessions.
    let let_in = |function| report.answers(function, |status| status != 401);
    let lookups = all("show_product") + let_in("place_order") + let_in("rate_product");
    let sales = ok("sales_report");
    let paid = ok("pay_order");
    // Whoever hangs up in the export has read one product, or none yet.
    let given_up = |phase| report.aborted("export_products", phase);
    let seen_through = ok("export_products") - given_up("head") - given_up("body");
    let exported = PRODUCTS * seen_through + given_up("body");
    let cancelled = report.routes.iter().map(|route| route.cancelled).sum();

    let figures = [
        (
            "cache_operation_duration_seconds_count operation=get",
            lookups,
        ),
        (
            "cache_deletes_total cache=products",
            ok("place_order") + ok("restock_product"),
        ),
        ("db_queries_total table=sales", sales),
        ("db_slow_queries_total table=sales", sales),
        ("http_request_db_queries_count", report.requests),
        ("model_inserts_total model=Rating", of("rate_product", 201)),
        ("model_updates_total model=Rating", of("rate_product", 204)),
        ("payments_total outcome=ok", paid),
        ("payments_total outcome=cancelled", cancelled),
        ("payments_total error=declined", of("pay_order", 402)),
        ("payments_total error=unavailable", of("pay_order", 502)),
        ("task_runs_total task=send_receipt outcome=ok", paid),
        ("tasks_in_progress task=send_receipt", 0.0),
        ("function_stream_items_total function=export", exported),
        (
            "function_longest_poll_seconds_count function=open_session",
            all("open_session"),
        ),
        (
            "function_longest_poll_seconds_count function=register_user",
            all("register_user"),
        ),
        ("function_calls_in_progress function=charge", 0.0),
        ("function_calls_oldest_seconds function=charge", 0.0),
        ("websocket_connections_in_progress", 0.0),
        ("websocket_messages_sent_total outcome=ok", report.updates),
    ];
    let mut figures: Figures = figures
        .into_iter()
        // Labels that are found out by a call have no series before one.
        .filter(|(figure, count)| *count > 0.0 || !figure.starts_with("payments_total"))
        .map(|(figure, count)| (figure.to_owned(), count))
        .collect();
    for (status, count) in report.routes.iter().flat_map(|route| &route.answers) {
        if *status >= 400 {
            let figure = format!("error_answers_total status={status}");
            *figures.entry(figure).or_default() += count;
        }
    }
    figures
}

/// Every look-up is a hit or a miss, and there are both.
fn check_cache(page: &Page) {
    let sum = |name| page.sum(name, &[("cache", "products")]).unwrap_or_default();
    let (hits, misses) = (sum("cache_hits_total"), sum("cache_misses_total"));
    let lookups = page.sum(
        "cache_operation_duration_seconds_count",
        &[("cache", "products"), ("operation", "get")],
    );
    assert!(hits > 0.0 && misses > 0.0, "{hits} hits, {misses} misses");
    assert_eq!(Some(hits + misses), lookups);
    // One product is looked for in vain, so that not every miss is filled.
    let sets = sum("cache_sets_total");
    assert!(sets > 0.0 && sets < misses, "{sets} sets, {misses} misses");
}

/// Requests make queries, though not all that are made.
fn check_queries(page: &Page, report: &Report) {
    let all = page.sum("db_queries_total", &[]).unwrap_or_default();
    let of_requests = page.sum("http_request_db_queries_sum", &[]);
    assert!(
        of_requests.is_some_and(|sum| sum > 0.0 && sum < all),
        "{of_requests:?} of {all} queries"
    );
    // A name that is taken violates an index, and no other query fails.
    let taken = report.answers("register_user", |status| status == 409);
    let failed = page.sum("db_errors_total", &[]);
    assert_eq!(failed, Some(taken));
}

/// Whoever searches for nothing isn't counted, who searches for something is.
fn check_searches(page: &Page, report: &Report) {
    let searches = page.sum("search_duration_seconds_count", &[]);
    let requests = report.answers("search_products", |_| true);
    assert!(
        searches.is_some_and(|searches| searches > 0.0 && searches < requests),
        "{searches:?} searches in {requests} requests"
    );
}

/// The sweeper has swept, and that is known.
fn check_tasks(page: &Page) {
    let swept = [("task", "purge_sessions")];
    let ok = page.value(
        "task_runs_total",
        &[("task", "purge_sessions"), ("outcome", "ok")],
    );
    assert!(ok.is_some_and(|runs| runs > 0.0), "{ok:?} runs");
    let last = page.value("task_last_success_timestamp_seconds", &swept);
    assert!(last.is_some_and(|last| last > 1.7e9), "at {last:?}");
}
