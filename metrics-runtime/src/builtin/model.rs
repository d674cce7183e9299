//! Families of `#[track_model]`.

use super::family;

family! {
    /// Rows inserted, by model.
    MODEL_INSERTS_TOTAL: counter
    model_inserts_total(model) -> Counter
}

family! {
    /// Rows updated, by model.
    MODEL_UPDATES_TOTAL: counter
    model_updates_total(model) -> Counter
}

family! {
    /// Rows deleted, by model.
    MODEL_DELETES_TOTAL: counter
    model_deletes_total(model) -> Counter
}

family! {
    /// Rows read, by model.
    MODEL_READS_TOTAL: counter
    model_reads_total(model) -> Counter
}

family! {
    /// Duration of operations on models in seconds, by outcome.
    MODEL_OPERATION_DURATION_SECONDS: duration
    model_operation_duration_seconds(model, operation; outcome) -> Histogram
}
