//! Families of the HTTP layer, `Metrics::http_layer`.
//!
//! Those of more than method and endpoint have higher caps than families whose labels
//! are open: their series are bounded by what the program routes, and each route
//! answers with several statuses.

use super::family;
#[cfg(feature = "http")]
use crate::desc::Desc;

/// The family of the layer that has this label, if one has.
#[cfg(feature = "http")]
pub(crate) fn family_with_label(label: &str) -> Option<&'static str> {
    let families: [&Desc; 9] = [
        &HTTP_REQUESTS_TOTAL,
        &HTTP_REQUEST_DURATION_SECONDS,
        &HTTP_REQUESTS_IN_PROGRESS,
        &HTTP_TIME_TO_FIRST_BYTE_SECONDS,
        &HTTP_REQUEST_SIZE_BYTES,
        &HTTP_RESPONSE_SIZE_BYTES,
        &HTTP_EXCEPTIONS_TOTAL,
        &HTTP_RESPONSES_ABORTED_TOTAL,
        &HTTP_REQUESTS_BLOCKED_TOTAL,
    ];
    let mut families = families.into_iter();
    let found = families.find(|family| family.labels.contains(&label));
    found.map(|family| family.name)
}

family! {
    /// HTTP requests that have ended, by their status: 499 if the response was given up before its head, 500 if the handler panicked.
    HTTP_REQUESTS_TOTAL: counter, cap 20_000
    http_requests_total(method, endpoint, status) -> Counter
}

family! {
    /// Time in seconds from the head of a request to the end of its response.
    HTTP_REQUEST_DURATION_SECONDS: duration, cap 10_000
    http_request_duration_seconds(method, endpoint, status_class) -> Histogram
}

family! {
    /// HTTP requests whose response hasn't ended.
    HTTP_REQUESTS_IN_PROGRESS: in_progress
    http_requests_in_progress(method, endpoint) -> InProgress
}

family! {
    /// Time in seconds from the head of a request to the head of its response.
    HTTP_TIME_TO_FIRST_BYTE_SECONDS: duration
    http_time_to_first_byte_seconds(method, endpoint) -> Histogram
}

family! {
    /// Size of request bodies in bytes: what was announced, up to 1 GiB, else what was read.
    HTTP_REQUEST_SIZE_BYTES: histogram(
        0.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0, 10_000_000.0, 100_000_000.0
    )
    http_request_size_bytes(method, endpoint) -> Histogram
}

family! {
    /// Size of response bodies in bytes, as far as they were sent.
    HTTP_RESPONSE_SIZE_BYTES: histogram(
        0.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0, 10_000_000.0, 100_000_000.0
    )
    http_response_size_bytes(method, endpoint) -> Histogram
}

family! {
    /// Handlers that panicked, and responses of 500 and above by the label of their error, else by their status.
    HTTP_EXCEPTIONS_TOTAL: counter, cap 10_000
    http_exceptions_total(endpoint, kind) -> Counter
}

family! {
    /// Responses that were given up: while the handler ran, between its head and its body, or in its body.
    HTTP_RESPONSES_ABORTED_TOTAL: counter, cap 10_000
    http_responses_aborted_total(endpoint, phase) -> Counter
}

family! {
    /// HTTP requests that were refused, by reason.
    HTTP_REQUESTS_BLOCKED_TOTAL: counter
    http_requests_blocked_total(reason) -> Counter
}
