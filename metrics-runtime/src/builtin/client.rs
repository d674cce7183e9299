//! Families of requests that go out, `Metrics::http_client_layer`.

use super::family;

family! {
    /// HTTP requests sent, by the status of their response: error without one, cancelled if they were given up.
    HTTP_CLIENT_REQUESTS_TOTAL: counter
    http_client_requests_total(host, method, status) -> Counter
}

family! {
    /// Time in seconds from sending a request to the head of its response, by outcome.
    HTTP_CLIENT_REQUEST_DURATION_SECONDS: duration(
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0
    )
    http_client_request_duration_seconds(host, method; outcome) -> Histogram
}

family! {
    /// HTTP requests that wait for the head of their response.
    HTTP_CLIENT_REQUESTS_IN_PROGRESS: in_progress
    http_client_requests_in_progress(host, method) -> InProgress
}
