//! Families of connections to Redis, `Metrics::instrument_redis`.

use super::family;

family! {
    /// Commands sent to Redis, by outcome; those of pipelines and transactions one by one.
    REDIS_OPERATIONS_TOTAL: counter
    redis_operations_total(command; outcome) -> Counter
}

family! {
    /// Time in seconds until a command was answered; that of a pipeline once, as the command pipeline.
    REDIS_OPERATION_DURATION_SECONDS: duration(
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0
    )
    redis_operation_duration_seconds(command; outcome) -> Histogram
}

family! {
    /// Commands that failed, by kind of error.
    REDIS_ERRORS_TOTAL: counter
    redis_errors_total(kind) -> Counter
}

family! {
    /// Commands in a pipeline, without the MULTI and EXEC of a transaction.
    REDIS_PIPELINE_SIZE: histogram(
        1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0
    )
    redis_pipeline_size() -> Histogram
}

family! {
    /// Connections to Redis that are held, by name; clones are one connection.
    REDIS_CONNECTIONS_ACTIVE: in_progress
    redis_connections_active(connection) -> InProgress
}

family! {
    /// Commands and pipelines whose answer is awaited.
    REDIS_OPERATIONS_IN_PROGRESS: in_progress
    redis_operations_in_progress() -> InProgress
}
