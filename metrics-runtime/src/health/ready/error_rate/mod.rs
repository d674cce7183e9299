//! A counter on the page: the share of errors among recent events.

mod count;
mod reading;
#[cfg(test)]
mod tests;

use crate::Registry;
use crate::health::{HealthCheck, HealthReport};
use count::{Count, count};
use reading::Readings;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Which share of errors is too much; see [`error_rate`].
#[derive(Clone)]
#[must_use]
pub struct ErrorRate {
    family: String,
    label: String,
    is_error: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    above: f64,
    window: Duration,
    least: u64,
}

impl ErrorRate {
    /// Of the counter `family`, by its name on the page or without the namespace: the
    /// series whose `label` has a value that is one of an error. The label may be
    /// `outcome`.
    pub fn of(
        family: impl Into<String>,
        label: impl Into<String>,
        is_error: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            family: family.into(),
            label: label.into(),
            is_error: Arc::new(is_error),
            above: 0.05,
            window: Duration::from_mins(5),
            least: 100,
        }
    }

    /// Too much is what is above this share. Default: 0.05.
    pub const fn above(mut self, share: f64) -> Self {
        self.above = share;
        self
    }

    /// How far it looks back. Default: five minutes.
    pub const fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// So few events say nothing: with less it is up. Default: 100.
    pub const fn least(mut self, events: u64) -> Self {
        self.least = events;
        self
    }
}

impl fmt::Debug for ErrorRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ErrorRate");
        shown.field("family", &self.family);
        shown.field("label", &self.label);
        shown.field("above", &self.above);
        shown.field("window", &self.window);
        shown.field("least", &self.least);
        shown.finish_non_exhaustive()
    }
}

/// Whether too many events end in an error, by a counter of the registry (not by one that
/// a collector or a [profile](crate::Profile) adds up): down when their share since the
/// last reading before the window is above the limit.
///
/// Before the first event it is up, and says that there was no traffic yet. It is
/// degraded, and names the remedy, when nothing can be counted there: because there is no
/// counter of the name, or none with the label, which is a slip of the pen; or because
/// what records into the toolkit's own counter hasn't been set up, as with
/// `http_requests_total` and no [`HttpLayer`](crate::HttpLayer) around a service. It isn't
/// down, since the program may declare the counter, or add the layer, later than its
/// checks run: no replica is kept out of service for that.
///
/// Mind who acts on it: a replica that is taken out of service for errors which all
/// replicas have doesn't help, so it is rarely for readiness and never for liveness.
///
/// ```
/// use metrics_runtime::health::{HealthStatus, ready};
/// use metrics_runtime::health::ready::ErrorRate;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # static REGISTRY: metrics_runtime::Registry = metrics_runtime::Registry::new();
/// # let metrics = metrics_runtime::Metrics::builder().registry(&REGISTRY).build()?;
/// # metrics.registry().counter_family("replies_total", "Replies.", ["status"])?;
/// let rate = ErrorRate::of("replies_total", "status", |status| status.starts_with('5'))
///     .above(0.1)
///     .least(50);
/// let check = ready::error_rate("errors", metrics.registry(), rate).critical(false);
/// metrics.health().add(check)?;
///
/// let summary = metrics.health().summary().await?;
/// assert_eq!(summary.checks[0].status, HealthStatus::Up);
/// # Ok(())
/// # }
/// ```
pub fn error_rate(
    name: impl Into<String>,
    registry: &'static Registry,
    rate: ErrorRate,
) -> HealthCheck {
    let readings = Mutex::new(Readings::default());
    HealthCheck::blocking(name, move || {
        // The closure of the errors is user code, and not called under the lock.
        let count = match count(registry, &rate) {
            Ok(count) => count,
            // Up would be said of a misspelt name, or without a layer, for ever.
            Err(error) => return HealthReport::degraded(error.to_string()),
        };
        let mut readings = readings.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = readings.recent(count, Instant::now(), rate.window);
        drop(readings);
        let report = report(recent, &rate);
        if count.events > 0 {
            return report;
        }
        let family = &rate.family;
        report.because(format!("no traffic yet: nothing was counted in `{family}`"))
    })
}

fn report(recent: Count, rate: &ErrorRate) -> HealthReport {
    let Count { events, errors } = recent;
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more")]
    let share = errors as f64 / events.max(1) as f64;
    let report = if events >= rate.least && share > rate.above {
        let above = rate.above;
        HealthReport::down(format!(
            "{errors} of {events} events are errors ({share:.3}), more than {above}"
        ))
    } else {
        HealthReport::up()
    };
    report.with("events", events).with("errors", errors)
}
