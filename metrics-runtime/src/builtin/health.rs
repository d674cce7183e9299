//! Families of health checks, `Metrics::health`.

use super::family;

family! {
    /// How the latest run of a health check went: 1 up, 0.5 degraded, 0 down.
    HEALTH_CHECK_STATUS: gauge
    health_check_status(check) -> Gauge
}

family! {
    /// Duration in seconds of the runs of a health check; those that were late, until their timeout.
    HEALTH_CHECK_DURATION_SECONDS: duration
    health_check_duration_seconds(check) -> Histogram
}
