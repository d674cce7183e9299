//! Families of `#[timed]` and `#[counted]`.

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
