//! Configuration from the environment, and whether anything is recorded.
//!
//! | variable | default | meaning |
//! |---|---|---|
//! | `METRICS_ENABLED` | `true` | whether calls are recorded and pages served |
//! | `METRICS_CLOCK` | by the kernel | `tsc` reads the processor's time-stamp counter, `instant` the system's clock |
//! | `METRICS_NAMESPACE` | none | goes before the names of the application's families, with an underscore |
//!
//! Booleans are `true`, `1`, `on`, `yes` and `false`, `0`, `off`, `no`, in any
//! case.

use crate::clock::Choice;
use crate::diagnostics::{Diagnostic, report};
use crate::name::check_namespace;
use crate::registry::Settings;
use std::sync::atomic::{AtomicU8, Ordering};

/// A `METRICS_*` variable has a value that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {variable} is `{value}`; {expected}")]
#[non_exhaustive]
pub struct EnvironmentError {
    /// The name of the variable.
    pub variable: &'static str,
    /// Its value; bytes that aren't UTF-8 are replaced.
    pub value: String,
    /// What it takes.
    pub expected: &'static str,
}

/// What the environment says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Environment {
    pub(crate) enabled: Option<bool>,
    pub(crate) namespace: Option<String>,
}

impl Environment {
    /// Reads the process' environment.
    pub(crate) fn read() -> Result<Self, EnvironmentError> {
        Self::read_from(|variable| {
            let value = std::env::var_os(variable)?;
            Some(value.to_string_lossy().into_owned())
        })
    }

    /// Reads variables through `get`; an empty one counts as unset.
    fn read_from(get: impl Fn(&'static str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let get = |variable| get(variable).filter(|value| !value.is_empty());
        let refuse = |variable, value: String, expected| EnvironmentError {
            variable,
            value,
            expected,
        };
        let enabled = match get("METRICS_ENABLED") {
            None => None,
            Some(value) => Some(parse_bool(&value).ok_or_else(|| {
                let expected = "it takes `true`, `1`, `on`, `yes` or `false`, `0`, `off`, `no`";
                refuse("METRICS_ENABLED", value, expected)
            })?),
        };
        if let Some(value) = get("METRICS_CLOCK") {
            Choice::parse(&value)?;
        }
        let namespace = get("METRICS_NAMESPACE");
        if let Some(value) = namespace.as_ref().filter(|n| check_namespace(n).is_err()) {
            let expected = "it takes letters, digits and `_`, and no digit at the start";
            return Err(refuse("METRICS_NAMESPACE", value.clone(), expected));
        }
        Ok(Self { enabled, namespace })
    }
}

fn parse_bool(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Some(true),
        "false" | "0" | "off" | "no" => Some(false),
        _ => None,
    }
}

const UNDECIDED: u8 = 0;
const ON: u8 = 1;
const OFF: u8 = 2;

/// Whether calls are recorded; decided by the first call or by `build()`.
static RECORDING: AtomicU8 = AtomicU8::new(UNDECIDED);

/// Whether calls are recorded.
pub(crate) fn recording() -> bool {
    // Relaxed: the flag publishes nothing but itself.
    match RECORDING.load(Ordering::Relaxed) {
        UNDECIDED => decide_from_environment(),
        state => state == ON,
    }
}

/// Turns recording on or off.
pub(crate) fn set_recording(on: bool) {
    // Relaxed, as in `recording`.
    RECORDING.store(if on { ON } else { OFF }, Ordering::Relaxed);
}

#[cold]
fn decide_from_environment() -> bool {
    let on = lenient().enabled.unwrap_or(true);
    let state = if on { ON } else { OFF };
    // A `build()` at the same time has decided on purpose and wins.
    // Relaxed, as in `recording`.
    match RECORDING.compare_exchange(UNDECIDED, state, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => on,
        Err(decided) => decided == ON,
    }
}

/// The environment of a program that never calls `build()`: it can't return an
/// error, so it reports it and goes on with the defaults.
fn lenient() -> Environment {
    Environment::read().unwrap_or_else(|error| {
        report(&Diagnostic::Environment(error));
        Environment::default()
    })
}

/// The settings of the global registry when nothing was built.
pub(crate) fn settings_of_environment() -> Settings {
    Settings {
        namespace: namespace_prefix(lenient().namespace.as_deref()),
        ..Settings::default()
    }
}

/// A namespace as it stands before a name.
pub(crate) fn namespace_prefix(namespace: Option<&str>) -> String {
    namespace.map_or_else(String::new, |namespace| format!("{namespace}_"))
}

#[cfg(test)]
mod tests {
    use super::{Environment, EnvironmentError};

    fn read(variable: &'static str, value: &str) -> Result<Environment, EnvironmentError> {
        Environment::read_from(|asked| (asked == variable).then(|| value.to_owned()))
    }

    #[test]
    fn booleans_have_many_spellings() {
        for (value, expected) in [("True", true), ("1", true), ("ON", true), ("no", false)] {
            let environment = read("METRICS_ENABLED", value).unwrap();
            assert_eq!(environment.enabled, Some(expected), "{value}");
        }
        assert_eq!(read("METRICS_ENABLED", "").unwrap(), Environment::default());
    }

    #[test]
    fn an_unreadable_variable_is_named_with_what_it_takes() {
        let error = read("METRICS_ENABLED", "perhaps").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment variable METRICS_ENABLED is `perhaps`; \
             it takes `true`, `1`, `on`, `yes` or `false`, `0`, `off`, `no`"
        );
        let error = read("METRICS_NAMESPACE", "my-shop").unwrap_err();
        assert_eq!(error.variable, "METRICS_NAMESPACE");
    }
}
