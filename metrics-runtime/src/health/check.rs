//! A check and its options.

use super::{Group, HealthCheckError, HealthReport, IntoReport};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest name of a check or a group, in bytes.
const LONGEST_NAME: usize = 64;

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_hours(24);

pub(super) type Checking = Pin<Box<dyn Future<Output = HealthReport>>>;

/// What is run.
pub(super) enum Work {
    Async(Box<dyn Fn() -> Checking + Send + Sync>),
    /// Is told when it is late.
    Blocking(Box<dyn Fn(Instant) -> HealthReport + Send + Sync>),
}

/// A check and how it is run; see [`Health::add`](super::Health::add).
///
/// ```
/// use metrics_runtime::health::{Group, HealthCheck, HealthReport};
/// use std::time::Duration;
///
/// let check = HealthCheck::new("search", async || HealthReport::up().with("shards", 3))
///     .group(Group::Readiness)
///     .timeout(Duration::from_millis(500))
///     .interval(Duration::from_secs(30))
///     .critical(false);
/// assert_eq!(check.name(), "search");
/// ```
#[must_use = "a check runs once it is added"]
pub struct HealthCheck {
    pub(super) name: String,
    pub(super) groups: Vec<Group>,
    pub(super) timeout: Duration,
    pub(super) interval: Duration,
    pub(super) critical: bool,
    pub(super) work: Arc<Work>,
}

impl HealthCheck {
    /// One second, as the probes of Kubernetes have it.
    pub(super) const TIMEOUT: Duration = Duration::from_secs(1);
    pub(super) const INTERVAL: Duration = Duration::from_secs(10);

    /// A check that awaits. Its future never leaves the check's thread, and need not
    /// be `Send`.
    pub fn new<R: IntoReport>(
        name: impl Into<String>,
        check: impl AsyncFn() -> R + Send + Sync + 'static,
    ) -> Self {
        let check = Arc::new(check);
        let work = move || -> Checking {
            let check = Arc::clone(&check);
            Box::pin(async move { check().await.into_report() })
        };
        Self::of(name.into(), Work::Async(Box::new(work)))
    }

    /// A check that blocks its thread, which is its own.
    pub fn blocking<R: IntoReport>(
        name: impl Into<String>,
        check: impl Fn() -> R + Send + Sync + 'static,
    ) -> Self {
        Self::until(name, move |_| check().into_report())
    }

    /// A check that blocks, and is told when it is late.
    pub(super) fn until(
        name: impl Into<String>,
        check: impl Fn(Instant) -> HealthReport + Send + Sync + 'static,
    ) -> Self {
        Self::of(name.into(), Work::Blocking(Box::new(check)))
    }

    pub(super) fn of(name: String, work: Work) -> Self {
        Self {
            name,
            groups: Vec::new(),
            timeout: Self::TIMEOUT,
            interval: Self::INTERVAL,
            critical: true,
            work: Arc::new(work),
        }
    }

    /// Puts it into a group too. In none, it is part of `/health` alone.
    pub fn group(mut self, group: impl Into<Group>) -> Self {
        let group = group.into();
        if !self.groups.contains(&group) {
            self.groups.push(group);
        }
        self
    }

    /// How long it may take. Default: one second.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// From the start of one run to that of the next. Default: ten seconds.
    pub const fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Whether the program is down when this is; else it is degraded. Default: true.
    pub const fn critical(mut self, critical: bool) -> Self {
        self.critical = critical;
        self
    }

    /// The name, which is also the label `check`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether everything about it is valid.
    pub(super) fn check(&self) -> Result<(), HealthCheckError> {
        check_name(&self.name)?;
        for group in &self.groups {
            check_name(group.as_str())?;
        }
        let times = [("timeout", self.timeout), ("interval", self.interval)];
        let bad = times
            .into_iter()
            .find(|(_, given)| !(SHORTEST..=LONGEST).contains(given));
        bad.map_or(Ok(()), |(what, given)| {
            let name = self.name.clone();
            Err(HealthCheckError::Time { name, what, given })
        })
    }
}

fn check_name(name: &str) -> Result<(), HealthCheckError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    let name = name.chars().take(LONGEST_NAME).collect();
    Err(HealthCheckError::Name { name })
}

impl fmt::Debug for HealthCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("HealthCheck");
        shown.field("name", &self.name);
        shown.field("groups", &self.groups);
        shown.field("timeout", &self.timeout);
        shown.field("interval", &self.interval);
        shown.field("critical", &self.critical);
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::HealthCheck;
    use crate::health::HealthCheckError;
    use std::time::Duration;

    fn check(name: &str) -> HealthCheck {
        HealthCheck::new(name, async || ())
    }

    #[test]
    fn names_and_groups_are_short_words() {
        for name in ["db", "a", "Db-1.main_x", &"x".repeat(64)] {
            assert_eq!(check(name).check(), Ok(()), "{name}");
            let grouped = check("db").group(name.to_owned());
            assert_eq!(grouped.check(), Ok(()), "{name}");
        }
        for name in ["", "a b", "a/b", "ä", "a\n", &"x".repeat(65)] {
            let refused = Err(HealthCheckError::Name {
                name: name.chars().take(64).collect(),
            });
            assert_eq!(check(name).check(), refused, "{name}");
            let grouped = check("db").group(name.to_owned());
            assert_eq!(grouped.check(), refused, "{name}");
        }
    }

    // Mutation: an interval of zero passes, with which a check would never rest.
    #[test]
    fn times_are_a_millisecond_to_a_day() {
        let ms = Duration::from_millis(1);
        let day = Duration::from_hours(24);
        for given in [ms, day] {
            let check = check("db").timeout(given).interval(given);
            assert_eq!(check.check(), Ok(()));
        }
        for given in [Duration::ZERO, ms / 2, day + ms, Duration::MAX] {
            let error = check("db").timeout(given).check().unwrap_err();
            assert!(error.to_string().starts_with("the timeout of `db` is "));
            let error = check("db").interval(given).check().unwrap_err();
            assert!(error.to_string().starts_with("the interval of `db` is "));
        }
    }
}
