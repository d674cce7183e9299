//! Families of databases: what a query gave, connections and transactions. Those of
//! queries themselves are in [`query`](super::query).

use super::family;

family! {
    /// Rows that queries have returned.
    DB_ROWS_FETCHED_TOTAL: counter
    db_rows_fetched_total(database, operation, table) -> Counter
}

family! {
    /// Rows that queries have inserted, updated or deleted.
    DB_ROWS_AFFECTED_TOTAL: counter
    db_rows_affected_total(database, operation, table) -> Counter
}

family! {
    /// Errors of a database and its connections, by their class.
    DB_ERRORS_BY_CLASS_TOTAL: counter
    db_errors_by_class_total(database, class) -> Counter
}

family! {
    /// Executions that may hold several statements and give a result for each.
    DB_EXECUTE_MANY_TOTAL: counter
    db_execute_many_total(database) -> Counter
}

family! {
    /// Time in seconds until a pool has given a connection, or has given up.
    DB_CONNECTION_ACQUIRE_DURATION_SECONDS: duration
    db_connection_acquire_duration_seconds(database; outcome) -> Histogram
}

family! {
    /// Connections that were opened.
    DB_NEW_CONNECTIONS_TOTAL: counter
    db_new_connections_total(database) -> Counter
}

family! {
    /// Times that a pool has given no connection, by the class of its error.
    DB_CONNECTION_ERRORS_TOTAL: counter
    db_connection_errors_total(database, class) -> Counter
}

family! {
    /// Transactions that were begun.
    DB_TRANSACTIONS_BEGUN_TOTAL: counter
    db_transactions_begun_total(database) -> Counter
}

family! {
    /// Transactions that have ended: committed, rolled back, dropped (and so rolled back), or failed to end.
    DB_TRANSACTIONS_TOTAL: counter
    db_transactions_total(database, end) -> Counter
}

family! {
    /// Time in seconds from the begin of a transaction to its end.
    DB_TRANSACTION_DURATION_SECONDS: duration
    db_transaction_duration_seconds(database, end) -> Histogram
}
