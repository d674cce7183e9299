//! What Prometheus answers to who asks it of the shop: the queries of the README, and one
//! for every family on the page.

use integration_tests::deadline::poll;
use integration_tests::page::{Family, Kind, Page};
use integration_tests::prometheus::Prometheus;

use crate::figure;
use crate::service::{LIMIT, Report, Shop};

const README: &str = include_str!("../../README.md");

/// What the stores have something to say of in a run without a fault.
const STORES: [&str; 22] = [
    "db_connections database=default",
    "db_connections_max",
    "db_migrations_applied",
    "db_new_connections_total",
    "db_connection_acquire_duration_seconds_count outcome=ok",
    "db_queries_total operation=insert",
    "db_query_duration_seconds_count operation=select",
    "db_rows_fetched_total table=products",
    "db_rows_affected_total operation=update",
    "db_transactions_begun_total",
    "db_transactions_total end=committed",
    "db_transaction_duration_seconds_count",
    // A name that is taken.
    "db_errors_by_class_total",
    "redis_operations_total command=get outcome=ok",
    "redis_operations_total command=del outcome=ok",
    "redis_operation_duration_seconds_count command=psetex",
    "redis_connections_active connection=products",
    "cache_hits_total cache=products",
    "cache_misses_total cache=products",
    "cache_hits_total cache=sessions",
    "cache_load_duration_seconds_count cache=sessions",
    "cache_entries cache=sessions",
];

/// Whom a shop asks of its products first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cache {
    Own,
    Redis,
}

/// The figures of the stores, with the least that they are to be.
pub(crate) fn stores(cache: Cache) -> Vec<(&'static str, f64)> {
    let asked = |figure: &&str| cache == Cache::Redis || !figure.starts_with("redis_");
    let figures = STORES.into_iter().filter(asked);
    figures.map(|figure| (figure, 1.0)).collect()
}

/// The README's queries that such a shop has data for.
fn of_readme(cache: Cache) -> Vec<&'static str> {
    let blocks = README.split("```promql\n").skip(1);
    let blocks = blocks.filter_map(|block| block.split("```").next());
    let queries = blocks.flat_map(str::lines);
    let asked = |query: &&str| cache == Cache::Redis || !query.contains("redis_");
    queries.filter(asked).collect()
}

/// The README's queries that are answered with nothing, or with zeros.
pub(crate) fn unanswered(prometheus: &Prometheus, cache: Cache) -> Vec<String> {
    let queries = of_readme(cache).into_iter();
    let is_unanswered = |query: &&str| {
        let answer = prometheus.query(query);
        !answer.iter().any(|(_, value)| *value > 0.0)
    };
    queries.filter(is_unanswered).map(str::to_owned).collect()
}

/// The families of the page of which Prometheus has no number.
fn unknown(prometheus: &Prometheus, page: &Page) -> Vec<String> {
    let is_unknown = |query: &String| {
        let answer = prometheus.query(query);
        answer.iter().all(|(_, value)| value.is_nan())
    };
    page.families().map(query_of).filter(is_unknown).collect()
}

/// A query of that family, as Prometheus scrapes it.
fn query_of(family: &Family) -> String {
    match family.kind {
        Kind::Histogram | Kind::Summary => format!("{}_count", family.name),
        _ => family.name.clone(),
    }
}

/// Every family of the page and every query of the README has data, and no collector is
/// left out of the page.
///
/// Mutations: the README asks for a family that there isn't; a histogram is asked for by its
/// bare name.
pub(crate) fn check_all(prometheus: &Prometheus, shop: &Shop, cache: Cache, report: &Report) {
    let page = shop.page();
    let lacking = || [unknown(prometheus, &page), unanswered(prometheus, cache)].concat();
    let none = poll(LIMIT, || lacking().is_empty().then_some(()));
    assert!(none.is_some(), "Prometheus has no data of {:#?}", lacking());
    let left_out = page.samples().find(|sample| {
        // One below one.
        sample.name == "metrics_collector_success" && sample.value < 1.0
    });
    assert!(left_out.is_none(), "{left_out:?}");

    let (families, queries) = (page.families().count(), of_readme(cache).len());
    assert!(families > 100, "the page has {families} families");
    assert!(queries > 12, "the README has {queries} queries");
    let sum = |name| figure::value(&page, name).unwrap_or_default();
    println!(
        "the shop with {}: {families} families and {queries} queries of the README have data after {:.1} s; \
         {} requests, {} queries of the database, {} commands to Redis",
        match cache {
            Cache::Own => "SQLite and its own cache",
            Cache::Redis => "PostgreSQL and Redis",
        },
        report.lasted.as_secs_f64(),
        report.requests,
        sum("db_queries_total"),
        sum("redis_operations_total"),
    );
}
