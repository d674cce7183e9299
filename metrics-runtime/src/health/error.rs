//! Why a check can't be registered, and why health can't be told.

use std::time::Duration;

/// A check can't be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HealthCheckError {
    /// The name of the check, or of a group, isn't valid.
    #[error("the name `{name}` isn't valid; use 1 to 64 letters, digits, `_`, `-` and `.`")]
    Name {
        /// The name, at most 64 characters of it.
        name: String,
    },
    /// Another check has the name.
    #[error("there is a check `{name}` already; choose another name")]
    Taken {
        /// The name of both.
        name: String,
    },
    /// The timeout or the interval isn't valid.
    #[error("the {what} of `{name}` is {given:?}; it takes 1 ms to 1 day")]
    Time {
        /// The name of the check.
        name: String,
        /// `timeout` or `interval`.
        what: &'static str,
        /// What was given.
        given: Duration,
    },
    /// There are 64 checks already, each of which may need a thread.
    #[error("there are 64 checks already; join some of them")]
    TooMany,
}

/// Health can't be told, since the system has no thread for its checks.
#[derive(Debug, thiserror::Error)]
#[error("no thread could be started that runs the checks; raise the limit of threads")]
#[non_exhaustive]
pub struct HealthError {
    #[source]
    pub(super) source: std::io::Error,
}

/// A router of health can't be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HealthRouterError {
    /// A path isn't one.
    #[error(
        "`{path}` can't be a path of health; use `/` and letters, digits, `_`, `-`, `.` and `/`, \
         with no `/` at the end"
    )]
    Path {
        /// The path.
        path: String,
    },
    /// Two of the paths are the same.
    #[error("two paths of health are `{path}`; choose another one for one of them")]
    Taken {
        /// The path of both.
        path: String,
    },
}
