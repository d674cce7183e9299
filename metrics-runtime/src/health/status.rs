//! How a check does, and how the program does.

use serde::Serialize;

/// How a check does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum HealthStatus {
    /// It does what it should.
    Up,
    /// It works, but not as it should; a probe is told 200.
    Degraded,
    /// It doesn't work.
    Down,
}

impl HealthStatus {
    /// As `health_check_status` has it.
    pub(super) const fn value(self) -> f64 {
        match self {
            Self::Up => 1.0,
            Self::Degraded => 0.5,
            Self::Down => 0.0,
        }
    }
}

/// How the program does, by its checks and by what it says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ServiceStatus {
    /// All checks are up, or there are none.
    Up,
    /// A check is degraded, or one that isn't critical is down.
    Degraded,
    /// A critical check is down.
    Down,
    /// It hasn't [started](super::Health::started) yet.
    Starting,
    /// It [drains](super::Health::drain): requests finish, and none should come.
    Draining,
}

impl ServiceStatus {
    /// Whether requests should come: a probe is told 200, else 503.
    pub const fn is_available(self) -> bool {
        matches!(self, Self::Up | Self::Degraded)
    }

    /// Of checks, each with whether it is critical.
    pub(super) fn of_checks(checks: impl IntoIterator<Item = (HealthStatus, bool)>) -> Self {
        let each = checks.into_iter().map(|check| match check {
            (HealthStatus::Up, _) => HealthStatus::Up,
            (HealthStatus::Down, true) => HealthStatus::Down,
            (HealthStatus::Degraded | HealthStatus::Down, _) => HealthStatus::Degraded,
        });
        match each.max() {
            None | Some(HealthStatus::Up) => Self::Up,
            Some(HealthStatus::Degraded) => Self::Degraded,
            Some(HealthStatus::Down) => Self::Down,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::HealthStatus::{Degraded, Down, Up};
    use super::ServiceStatus;

    // M3. Mutation: a check that isn't critical counts like one that is.
    #[test]
    fn the_worst_check_decides_and_critical_ones_alone_take_it_down() {
        for (checks, expected) in [
            (&[][..], ServiceStatus::Up),
            (&[(Up, true), (Up, false)], ServiceStatus::Up),
            (&[(Degraded, true), (Up, true)], ServiceStatus::Degraded),
            (&[(Down, false), (Up, true)], ServiceStatus::Degraded),
            (&[(Down, true), (Up, true)], ServiceStatus::Down),
            (&[(Degraded, false), (Down, true)], ServiceStatus::Down),
        ] {
            let status = ServiceStatus::of_checks(checks.iter().copied());
            assert_eq!(status, expected, "{checks:?}");
        }
        assert!(ServiceStatus::Degraded.is_available());
        assert!(!ServiceStatus::Starting.is_available());
        assert!(!ServiceStatus::Draining.is_available());
    }
}
