//! A task in the background that should go on.

use crate::health::{HealthCheck, HealthReport};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The heart of a background task: down when it hasn't beaten for too long.
///
/// ```
/// use metrics_runtime::health::Heartbeat;
/// use std::time::Duration;
///
/// let heartbeat = Heartbeat::new(Duration::from_secs(60));
/// let check = heartbeat.check("sending");
/// std::thread::spawn(move || {
///     // Each time round:
///     heartbeat.beat();
/// });
/// # assert_eq!(check.name(), "sending");
/// ```
#[derive(Clone, Debug)]
pub struct Heartbeat {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    longest: Duration,
    start: Instant,
    /// Nanoseconds from the start to the last beat.
    last: AtomicU64,
}

impl Heartbeat {
    /// One that beats now, and then at least once in every `longest`.
    pub fn new(longest: Duration) -> Self {
        let start = Instant::now();
        let last = AtomicU64::new(0);
        let inner = Inner {
            longest,
            start,
            last,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Says that the task goes on: one store, from any thread.
    pub fn beat(&self) {
        let nanos = u64::try_from(self.inner.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        // Relaxed: a number of its own. The latest of several that beat at once wins.
        self.inner.last.fetch_max(nanos, Ordering::Relaxed);
    }

    /// A check that is down when the last beat is too old.
    pub fn check(&self, name: impl Into<String>) -> HealthCheck {
        let heartbeat = self.clone();
        HealthCheck::new(name, async move || heartbeat.report(Instant::now()))
    }

    fn report(&self, now: Instant) -> HealthReport {
        let Inner {
            longest,
            start,
            last,
        } = &*self.inner;
        let last = Duration::from_nanos(last.load(Ordering::Relaxed));
        let age = now.saturating_duration_since(*start).saturating_sub(last);
        let report = if age <= *longest {
            HealthReport::up()
        } else {
            HealthReport::down(format!(
                "it hasn't beaten for {age:.0?}, allowed are {longest:?}"
            ))
        };
        report.with("age_seconds", age.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::Heartbeat;
    use crate::health::HealthStatus::{Down, Up};
    use std::time::{Duration, Instant};

    // Mutation: `beat` does nothing.
    #[test]
    fn it_is_down_when_it_has_not_beaten() {
        let longest = Duration::from_hours(1);
        let heartbeat = Heartbeat::new(longest);
        let after = |time| heartbeat.report(heartbeat.inner.start + time);
        assert_eq!(after(longest).status(), Up);
        let late = after(longest + Duration::from_secs(1));
        assert_eq!(late.status(), Down);
        let message = "it hasn't beaten for 3601s, allowed are 3600s";
        assert_eq!(late.message(), Some(message));
        let start = heartbeat.inner.start;
        while Instant::now() == start {}
        heartbeat.beat();
        assert!(after(longest + Duration::from_nanos(1)).status() == Up);
    }
}
