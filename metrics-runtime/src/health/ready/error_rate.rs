//! A counter on the page: the share of errors among recent events.

use super::counter::{Found, find};
use crate::Registry;
use crate::health::{HealthCheck, HealthReport};
use crate::name::LabelName;
use crate::record::FamilyCore;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Readings that are kept at most; a window of more runs is read more coarsely.
const MOST: usize = 256;

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
/// Before the first event it is up and says that there was no traffic yet, also where the
/// toolkit's own counter isn't on the page until then, such as `http_requests_total`. It
/// is degraded, and names the remedy, when there is no counter of the name or none with
/// the label: that is a slip of the pen, or a counter which the program declares later
/// than its checks run. It isn't down, so that the latter can't keep a replica out of
/// service for ever.
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
            // Up would be said of a misspelt name for ever.
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

/// Events, and the errors among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    events: u64,
    errors: u64,
}

/// Why there is nothing to read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Unreadable {
    #[error(
        "there is no counter `{family}`{}; name one that is on the page, or declare it at \
         start-up",
        nearest.as_ref().map(|it| format!(", but `{it}`")).unwrap_or_default()
    )]
    Family {
        family: String,
        nearest: Option<String>,
    },
    #[error("the counter `{family}` has no label `{label}`; name one of {labels:?}")]
    Label {
        family: String,
        label: String,
        labels: Vec<String>,
    },
}

impl Unreadable {
    fn label<'a>(rate: &ErrorRate, labels: impl Iterator<Item = &'a str>, outcome: bool) -> Self {
        let outcome = outcome.then_some("outcome");
        Self::Label {
            family: rate.family.clone(),
            label: rate.label.clone(),
            labels: labels.chain(outcome).map(str::to_owned).collect(),
        }
    }
}

/// What was counted.
fn count(registry: &Registry, rate: &ErrorRate) -> Result<Count, Unreadable> {
    let by_outcome = rate.label == "outcome";
    let family = match find(registry, &rate.family) {
        Found::Family(family) => family,
        Found::Expected(desc) => {
            let known = desc.labels.contains(&rate.label.as_str());
            return if known || (by_outcome && desc.by_outcome) {
                Ok(Count::default())
            } else {
                let labels = desc.labels.iter().copied();
                Err(Unreadable::label(rate, labels, desc.by_outcome))
            };
        }
        Found::Nothing(nearest) => {
            let family = rate.family.clone();
            return Err(Unreadable::Family { family, nearest });
        }
    };
    let schema = &family.schema;
    let names = || schema.labels.iter().map(LabelName::as_str);
    let index = names().position(|label| label == rate.label);
    if index.is_none() && !(by_outcome && schema.by_outcome) {
        return Err(Unreadable::label(rate, names(), schema.by_outcome));
    }
    let mut count = Count::default();
    for series in family.series() {
        let value = FamilyCore::counter(series.cell).get();
        let label = match index {
            Some(index) => series.values.get(index).map(String::as_str),
            None => series.outcome,
        };
        count.events = count.events.saturating_add(value);
        if label.is_some_and(|label| (rate.is_error)(label)) {
            count.errors = count.errors.saturating_add(value);
        }
    }
    Ok(count)
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

/// Counts of the past; what was counted before the first one is no news.
#[derive(Debug, Default)]
struct Readings(VecDeque<(Instant, Count)>);

impl Readings {
    /// What came since the last reading that is as old as the window, or since the
    /// first one.
    fn recent(&mut self, count: Count, now: Instant, window: Duration) -> Count {
        let Self(readings) = self;
        let is_old = |at: Instant| now.saturating_duration_since(at) >= window;
        while readings.get(1).is_some_and(|(at, _)| is_old(*at)) {
            readings.pop_front();
        }
        if readings.len() >= MOST {
            // Every other one, but for the first.
            let mut kept = false;
            readings.retain(|_| {
                kept = !kept;
                kept
            });
        }
        let (_, before) = readings.front().copied().unwrap_or((now, count));
        readings.push_back((now, count));
        Count {
            events: count.events.saturating_sub(before.events),
            errors: count.errors.saturating_sub(before.errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, ErrorRate, MOST, Readings, Unreadable, count, error_rate, report};
    use crate::builtin::function::FUNCTION_CALLS_TOTAL;
    use crate::health::HealthStatus::{Degraded, Down, Up};
    use crate::record::{self, Counter};
    use crate::{Metrics, Outcome, Registry};
    use std::time::{Duration, Instant};

    const fn of(events: u64, errors: u64) -> Count {
        Count { events, errors }
    }

    // Mutation: all readings are kept, and errors of yesterday count today.
    #[test]
    fn what_is_older_than_the_window_is_forgotten() {
        let window = Duration::from_mins(5);
        let start = Instant::now();
        let mut readings = Readings::default();
        let mut recent = |seconds, count| {
            let now = start + Duration::from_secs(seconds);
            readings.recent(count, now, window)
        };
        assert_eq!(recent(0, of(1_000, 900)), of(0, 0));
        assert_eq!(recent(10, of(1_100, 950)), of(100, 50));
        assert_eq!(recent(200, of(1_200, 950)), of(200, 50));
        assert_eq!(recent(309, of(1_300, 950)), of(300, 50));
        assert_eq!(recent(310, of(1_300, 950)), of(200, 0));
        assert_eq!(recent(10_000, of(1_301, 951)), of(1, 1));
    }

    // Mutation: nothing is thinned out.
    #[test]
    fn many_readings_are_thinned_out() {
        let start = Instant::now();
        let mut readings = Readings::default();
        let mut last = of(0, 0);
        for second in 0..10_000_u32 {
            let now = start + Duration::from_secs(u64::from(second));
            let day = Duration::from_hours(24);
            last = readings.recent(of(u64::from(second), 0), now, day);
            assert!(readings.0.len() <= MOST);
        }
        assert_eq!(last, of(9_999, 0));
    }

    #[test]
    fn few_events_say_nothing_and_the_limit_itself_is_allowed() {
        let rate = ErrorRate::of("a_total", "b", |_| true).above(0.5).least(10);
        for (count, expected) in [
            (of(9, 9), Up),
            (of(10, 5), Up),
            (of(10, 6), Down),
            (of(0, 0), Up),
        ] {
            assert_eq!(report(count, &rate).status(), expected, "{count:?}");
        }
        let message = "6 of 10 events are errors (0.600), more than 0.5";
        assert_eq!(report(of(10, 6), &rate).message(), Some(message));
    }

    #[test]
    fn series_of_a_counter_are_told_by_a_label() {
        let registry = Registry::new();
        let family = registry.counter_family("replies_total", "Replies.", ["path", "status"]);
        let family = family.unwrap();
        family.with(["/", "200"]).inc_by(7);
        family.with(["/", "500"]).inc_by(2);
        family.with(["/5", "503"]).inc();
        let is_error = |status: &str| status.starts_with('5');
        let rate = |family, label| ErrorRate::of(family, label, is_error);
        let counted = count(&registry, &rate("replies_total", "status"));
        assert_eq!(counted, Ok(of(10, 3)));
        let told = |family, label| {
            let refused = count(&registry, &rate(family, label));
            refused.expect_err("it is misspelt").to_string()
        };
        assert_eq!(
            told("replies_total", "stauts"),
            "the counter `replies_total` has no label `stauts`; name one of [\"path\", \"status\"]"
        );
        assert_eq!(
            told("http_requests_total", "code"),
            "the counter `http_requests_total` has no label `code`; name one of [\"method\", \
             \"endpoint\", \"status\"]"
        );
        assert_eq!(
            told("others_total", "status"),
            "there is no counter `others_total`; name one that is on the page, or declare it at \
             start-up"
        );
    }

    // Mutations: the name with the namespace alone is looked for; a name without it is
    // preferred.
    #[test]
    fn a_family_is_found_with_and_without_the_namespace() {
        static REGISTRY: Registry = Registry::new();
        let metrics = Metrics::builder().registry(&REGISTRY).namespace("shop");
        metrics.build().expect("the registry is new");
        let declare = |name: &'static str, events| {
            let family = REGISTRY.counter_family(name, "Replies.", ["status"]);
            family
                .expect("the name is valid")
                .with(["500"])
                .inc_by(events);
        };
        declare("replies_total", 1);
        let rate = |family| ErrorRate::of(family, "status", |_| true);
        for name in ["replies_total", "shop_replies_total"] {
            assert_eq!(count(&REGISTRY, &rate(name)), Ok(of(1, 1)), "{name}");
        }
        declare("shop_replies_total", 2);
        let served = count(&REGISTRY, &rate("shop_replies_total"));
        assert_eq!(served, Ok(of(1, 1)));
        let twice = count(&REGISTRY, &rate("shop_shop_replies_total"));
        assert_eq!(twice, Ok(of(2, 2)));
    }

    // Mutations: a counter that isn't there has no errors, and is up; one that isn't
    // there yet is degraded.
    #[tokio::test]
    async fn no_traffic_is_up_and_a_misspelt_counter_degraded() {
        static REGISTRY: Registry = Registry::new();
        let metrics = Metrics::builder().registry(&REGISTRY).build();
        let metrics = metrics.expect("the registry is new");
        let health = metrics.health();
        let own = REGISTRY.counter_family("replies_total", "Replies.", ["status"]);
        own.expect("the name is valid");
        for (name, family) in [
            ("quiet", "replies_total"),
            ("fresh", "http_requests_total"),
            ("misspelt", "replies_totl"),
        ] {
            let rate = ErrorRate::of(family, "status", |_| true);
            let added = health.add(error_rate(name, &REGISTRY, rate));
            added.expect("the name is valid");
        }
        let summary = health.summary().await.expect("there are threads");
        let told = |name| {
            let check = summary.checks.iter().find(|check| check.name == name);
            let check = check.expect("it was added");
            (check.status, check.message.clone().unwrap_or_default())
        };
        let quiet = |family| format!("no traffic yet: nothing was counted in `{family}`");
        assert_eq!(told("quiet"), (Up, quiet("replies_total")));
        assert_eq!(told("fresh"), (Up, quiet("http_requests_total")));
        let message = "there is no counter `replies_totl`, but `replies_total`; name one that \
                       is on the page, or declare it at start-up";
        assert_eq!(told("misspelt"), (Degraded, message.to_owned()));
    }

    #[test]
    fn outcomes_are_a_label_too() {
        let registry = Registry::new();
        let family = registry.builtin(&FUNCTION_CALLS_TOTAL);
        for (outcome, calls) in [(Outcome::Ok, 1), (Outcome::Error, 2)] {
            let counter: Counter = record::at(&family, &["f", "m"], outcome);
            counter.inc_by(calls);
        }
        let rate = ErrorRate::of("function_calls_total", "outcome", |it| it == "error");
        assert_eq!(count(&registry, &rate), Ok(of(3, 2)));
        let rate = ErrorRate::of("task_runs_total", "outcome", |it| it == "error");
        assert_eq!(count(&registry, &rate), Ok(of(0, 0)), "it is expected");
        let rate = ErrorRate::of("db_errors_total", "outcome", |it| it == "error");
        let refused = count(&registry, &rate);
        assert!(
            matches!(refused, Err(Unreadable::Label { .. })),
            "{refused:?}"
        );
    }
}
