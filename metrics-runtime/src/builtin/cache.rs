//! Families of `#[track_cache]`, and of caches that are recorded by hand or by wrappers.

use super::family;

family! {
    /// Look-ups that found a value, by cache.
    CACHE_HITS_TOTAL: counter
    cache_hits_total(cache) -> Counter
}

family! {
    /// Look-ups that found nothing, by cache.
    CACHE_MISSES_TOTAL: counter
    cache_misses_total(cache) -> Counter
}

family! {
    /// Values written, by cache.
    CACHE_SETS_TOTAL: counter
    cache_sets_total(cache) -> Counter
}

family! {
    /// Values deleted, by cache.
    CACHE_DELETES_TOTAL: counter
    cache_deletes_total(cache) -> Counter
}

family! {
    /// Operations that failed, by cache.
    CACHE_ERRORS_TOTAL: counter
    cache_errors_total(cache) -> Counter
}

family! {
    /// Duration of operations on caches in seconds, by outcome.
    CACHE_OPERATION_DURATION_SECONDS: duration(
        0.00001, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0
    )
    cache_operation_duration_seconds(cache, operation; outcome) -> Histogram
}

family! {
    /// Values that have left a cache, by cause: size, expired, explicit or replaced.
    CACHE_EVICTIONS_TOTAL: counter
    cache_evictions_total(cache, cause) -> Counter
}

family! {
    /// Values in a cache.
    CACHE_ENTRIES: gauge
    cache_entries(cache) -> Gauge
}

family! {
    /// Time in seconds that a value took to be loaded into a cache, by outcome.
    CACHE_LOAD_DURATION_SECONDS: duration(
        0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0
    )
    cache_load_duration_seconds(cache; outcome) -> Histogram
}

family! {
    /// Look-ups that have waited for the load of another one instead of loading: stampedes avoided.
    CACHE_LOADS_JOINED_TOTAL: counter
    cache_loads_joined_total(cache) -> Counter
}
