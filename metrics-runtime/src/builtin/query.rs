//! Families of `#[track_query]`.

use super::family;

family! {
    /// Duration of database queries in seconds, by outcome.
    DB_QUERY_DURATION_SECONDS: duration
    db_query_duration_seconds(database, operation, table; outcome) -> Histogram
}

family! {
    /// Database queries by outcome.
    DB_QUERIES_TOTAL: counter
    db_queries_total(database, operation, table; outcome) -> Counter
}

family! {
    /// Database queries that took as long as `slow` or `METRICS_SLOW_QUERY_MS` says, 100 ms by default.
    DB_SLOW_QUERIES_TOTAL: counter
    db_slow_queries_total(database, operation, table) -> Counter
}

family! {
    /// Database queries that returned an error.
    DB_ERRORS_TOTAL: counter
    db_errors_total(database, operation, table) -> Counter
}

family! {
    /// Number of database queries of each HTTP request.
    HTTP_REQUEST_DB_QUERIES: histogram(0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
    http_request_db_queries() -> Histogram
}
