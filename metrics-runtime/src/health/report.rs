//! What a check says.

use super::HealthStatus;
use serde_json::{Map, Value};
use std::fmt::Display;
use std::pin::Pin;

/// Longest message in bytes that is kept of a check.
const LONGEST_MESSAGE: usize = 1_024;

/// What a check says: its status, and for those who may see details a message and
/// data.
///
/// ```
/// use metrics_runtime::health::{HealthReport, HealthStatus};
///
/// let report = HealthReport::degraded("the replica is behind").with("lag_seconds", 7);
/// assert_eq!(report.status(), HealthStatus::Degraded);
/// assert_eq!(report.message(), Some("the replica is behind"));
/// assert_eq!(report.data()["lag_seconds"], 7);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct HealthReport {
    status: HealthStatus,
    message: Option<String>,
    data: Map<String, Value>,
}

impl HealthReport {
    /// All is well.
    pub fn up() -> Self {
        Self::of(HealthStatus::Up)
    }

    /// It works, but not as it should.
    pub fn degraded(message: impl Into<String>) -> Self {
        Self::of(HealthStatus::Degraded).because(message)
    }

    /// It doesn't work.
    pub fn down(message: impl Into<String>) -> Self {
        Self::of(HealthStatus::Down).because(message)
    }

    fn of(status: HealthStatus) -> Self {
        Self {
            status,
            message: None,
            data: Map::new(),
        }
    }

    /// Says why; at most 1 KiB is kept.
    pub fn because(mut self, message: impl Into<String>) -> Self {
        let mut message: String = message.into();
        message.truncate(message.floor_char_boundary(LONGEST_MESSAGE));
        self.message = Some(message);
        self
    }

    /// Adds a value for those who may see details.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(name.into(), value.into());
        self
    }

    /// How the check does.
    pub const fn status(&self) -> HealthStatus {
        self.status
    }

    /// Why.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Further values.
    pub const fn data(&self) -> &Map<String, Value> {
        &self.data
    }
}

/// What a check may return: nothing, a [`HealthStatus`], a [`HealthReport`], or a
/// `Result` of one of them, whose error is [down](HealthStatus::Down) with its text as
/// the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` doesn't say how a check does",
    label = "a check returns nothing, a `HealthStatus`, a `HealthReport`, or a `Result` of one of them"
)]
pub trait IntoReport {
    /// What it says.
    fn into_report(self) -> HealthReport;
}

impl IntoReport for HealthReport {
    fn into_report(self) -> HealthReport {
        self
    }
}

impl IntoReport for HealthStatus {
    fn into_report(self) -> HealthReport {
        HealthReport::of(self)
    }
}

impl IntoReport for () {
    fn into_report(self) -> HealthReport {
        HealthReport::up()
    }
}

impl<T: IntoReport, E: Display> IntoReport for Result<T, E> {
    fn into_report(self) -> HealthReport {
        self.map_or_else(
            |error| HealthReport::down(error.to_string()),
            T::into_report,
        )
    }
}

/// What an async function returns, as a check says it.
pub fn boxed<F>(future: F) -> Pin<Box<dyn Future<Output = HealthReport>>>
where
    F: Future<Output: IntoReport> + 'static,
{
    Box::pin(async { future.await.into_report() })
}

/// What a function returns, as a check says it.
pub fn reported(returned: impl IntoReport) -> HealthReport {
    returned.into_report()
}

#[cfg(test)]
mod tests {
    use super::{HealthReport, IntoReport};
    use crate::health::HealthStatus;

    #[test]
    fn what_a_check_returns_says_how_it_does() {
        let up: Result<(), String> = Ok(());
        assert_eq!(up.into_report(), HealthReport::up());
        assert_eq!(().into_report(), HealthReport::up());
        let down: Result<HealthStatus, String> = Err("no route".to_owned());
        assert_eq!(down.into_report(), HealthReport::down("no route"));
        let degraded: Result<_, String> = Ok(HealthStatus::Degraded);
        assert_eq!(degraded.into_report().status(), HealthStatus::Degraded);
    }

    // Mutation: the text is cut at a byte.
    #[test]
    fn long_messages_are_cut_between_characters() {
        let report = HealthReport::down("ä".repeat(1_000));
        assert_eq!(report.message().map(str::len), Some(1_024));
        let report = HealthReport::down(format!("a{}", "ä".repeat(1_000)));
        assert_eq!(report.message().map(str::len), Some(1_023));
    }
}
