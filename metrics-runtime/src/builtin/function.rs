//! Families of `#[timed]`, `#[counted]` and `#[in_progress]`.

use super::family;

family! {
    /// Duration of calls in seconds, by outcome.
    FUNCTION_DURATION_SECONDS: duration
    function_duration_seconds(function, module; outcome) -> Histogram
}

family! {
    /// Calls by outcome.
    FUNCTION_CALLS_TOTAL: counter
    function_calls_total(function, module; outcome) -> Counter
}

family! {
    /// Calls that run.
    FUNCTION_CALLS_IN_PROGRESS: in_progress
    function_calls_in_progress(function, module) -> InProgress
}

family! {
    /// Time in seconds for which the longest call that still runs has run.
    FUNCTION_CALLS_OLDEST_SECONDS: gauge
    function_calls_oldest_seconds(function, module) -> Gauge
}

family! {
    /// Time in seconds in which calls were polled, by outcome.
    FUNCTION_BUSY_SECONDS: duration
    function_busy_seconds(function, module; outcome) -> Histogram
}

family! {
    /// Time in seconds in which calls waited to be polled, by outcome.
    FUNCTION_IDLE_SECONDS: duration
    function_idle_seconds(function, module; outcome) -> Histogram
}

family! {
    /// Duration of the longest poll of each call in seconds, by outcome; a long one has blocked its thread.
    FUNCTION_LONGEST_POLL_SECONDS: duration(
        0.00001, 0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0
    )
    function_longest_poll_seconds(function, module; outcome) -> Histogram
}

family! {
    /// Items that streams have yielded.
    FUNCTION_STREAM_ITEMS_TOTAL: counter
    function_stream_items_total(function, module) -> Counter
}
