//! Configuration from the environment, and whether anything is recorded.
//!
//! | variable | default | meaning |
//! |---|---|---|
//! | `METRICS_COLLECTOR_DEADLINE_MS` | `500` | milliseconds that a page waits for collectors; decimals are allowed |
//! | `METRICS_ENABLED` | `true` | whether calls are recorded and pages served |
//! | `METRICS_CLOCK` | by the kernel | `tsc` reads the processor's counter (the time-stamp counter, on 64-bit ARM the virtual one), `instant` the system's clock |
//! | `METRICS_EXCLUDED_PATHS` | none | regular expressions of paths that the [HTTP layer](crate::HttpLayer) doesn't record, with commas between them |
//! | `METRICS_EXPORT_ADDRESS` | `127.0.0.1` | the IP address of the [listener](crate::Metrics::listener) |
//! | `METRICS_EXPORT_PORT` | `9464` | its port |
//! | `METRICS_EXPORT_PORT_RANGE` | none | its port is the first free one of these, such as `8001-8050`; not together with `METRICS_EXPORT_PORT` |
//! | `METRICS_NAMESPACE` | none | goes before the names of the application's families, with an underscore |
//! | `METRICS_SLOW_QUERY_MS` | `100` | milliseconds from which on a query is slow, unless its `slow` says otherwise; decimals are allowed |
//!
//! Booleans are `true`, `1`, `on`, `yes` and `false`, `0`, `off`, `no`, in any
//! case.

use crate::clock::Choice;
use crate::diagnostics::{Diagnostic, report};
use crate::name::check_namespace;
use crate::registry::Settings;
use once_cell::sync::OnceCell;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

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
    pub(crate) slow_query: Option<Duration>,
    pub(crate) collector_deadline: Option<Duration>,
}

impl Environment {
    /// Reads the process' environment.
    pub(crate) fn read() -> Result<Self, EnvironmentError> {
        let (environment, mut errors) = Self::read_each(variable);
        errors.pop().map_or(Ok(environment), Err)
    }

    /// Reads variables through `get`, each by itself: one that can't be used
    /// takes nothing from the others.
    fn read_each(get: impl Fn(&'static str) -> Option<String>) -> (Self, Vec<EnvironmentError>) {
        let mut errors = Vec::new();
        let enabled = get("METRICS_ENABLED").and_then(|value| {
            let parsed = parse_bool(&value);
            if parsed.is_none() {
                errors.push(EnvironmentError {
                    variable: "METRICS_ENABLED",
                    value,
                    expected: "it takes `true`, `1`, `on`, `yes` or `false`, `0`, `off`, `no`",
                });
            }
            parsed
        });
        if let Some(Err(error)) = get("METRICS_CLOCK").map(|value| Choice::parse(&value)) {
            errors.push(error);
        }
        let mut milliseconds = |variable| {
            let value = get(variable)?;
            let parsed = parse_milliseconds(&value);
            if parsed.is_none() {
                errors.push(EnvironmentError {
                    variable,
                    value,
                    expected: "it takes milliseconds above zero, such as `100` or `2.5`",
                });
            }
            parsed
        };
        let slow_query = milliseconds("METRICS_SLOW_QUERY_MS");
        let collector_deadline = milliseconds("METRICS_COLLECTOR_DEADLINE_MS");
        let namespace = get("METRICS_NAMESPACE").filter(|value| {
            let valid = check_namespace(value).is_ok();
            if !valid {
                errors.push(EnvironmentError {
                    variable: "METRICS_NAMESPACE",
                    value: value.clone(),
                    expected: "it takes letters, digits and `_`, and no digit at the start",
                });
            }
            valid
        });
        let environment = Self {
            enabled,
            namespace,
            slow_query,
            collector_deadline,
        };
        (environment, errors)
    }
}

/// A variable of the process; an empty one counts as unset.
pub(crate) fn variable(name: &'static str) -> Option<String> {
    let value = std::env::var_os(name)?.to_string_lossy().into_owned();
    Some(value).filter(|value| !value.is_empty())
}

fn parse_bool(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Some(true),
        "false" | "0" | "off" | "no" => Some(false),
        _ => None,
    }
}

fn parse_milliseconds(value: &str) -> Option<Duration> {
    let milliseconds: f64 = value.trim().parse().ok()?;
    let duration = Duration::try_from_secs_f64(milliseconds / 1e3).ok()?;
    (!duration.is_zero()).then_some(duration)
}

/// Queries from this duration on are slow, if nobody says otherwise.
const SLOW_QUERY: Duration = Duration::from_millis(100);

/// In nanoseconds; zero before it is decided.
static SLOW_QUERY_NANOS: AtomicU64 = AtomicU64::new(0);

/// Nanoseconds from which on a query is slow.
pub(crate) fn slow_query_nanos() -> u64 {
    // Relaxed, here and below: a number of its own.
    match SLOW_QUERY_NANOS.load(Ordering::Relaxed) {
        0 => {
            let environment = Environment::read_each(variable).0;
            let nanos = nanos(environment.slow_query.unwrap_or(SLOW_QUERY));
            // A `build()` at the same time has decided on purpose and wins.
            let decided =
                SLOW_QUERY_NANOS.compare_exchange(0, nanos, Ordering::Relaxed, Ordering::Relaxed);
            decided.err().unwrap_or(nanos)
        }
        nanos => nanos,
    }
}

/// How long a page waits for collectors, if nobody says otherwise.
const COLLECTOR_DEADLINE: Duration = Duration::from_millis(500);

/// How long a page waits for collectors, by the environment; read once.
pub(crate) fn collector_deadline() -> Duration {
    static DEADLINE: OnceCell<Duration> = OnceCell::new();
    *DEADLINE.get_or_init(|| {
        let environment = Environment::read_each(variable).0;
        environment.collector_deadline.unwrap_or(COLLECTOR_DEADLINE)
    })
}

/// Sets the duration from which on a query is slow.
pub(crate) fn set_slow_query(duration: Duration) {
    SLOW_QUERY_NANOS.store(nanos(duration), Ordering::Relaxed);
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos())
        .unwrap_or(u64::MAX)
        .max(1)
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

/// Whether calls are recorded, once that is decided.
pub(crate) fn recording_decided() -> bool {
    // Relaxed, as in `recording`.
    RECORDING.load(Ordering::Relaxed) == ON
}

/// Turns recording on or off.
pub(crate) fn set_recording(on: bool) {
    // Relaxed, as in `recording`.
    RECORDING.store(if on { ON } else { OFF }, Ordering::Relaxed);
    crate::catalogue::switch();
}

#[cold]
fn decide_from_environment() -> bool {
    let environment = Environment::read_each(variable).0;
    let on = environment.enabled.unwrap_or(true);
    let state = if on { ON } else { OFF };
    // A `build()` at the same time has decided on purpose and wins.
    // Relaxed, as in `recording`.
    let decided =
        RECORDING.compare_exchange(UNDECIDED, state, Ordering::Relaxed, Ordering::Relaxed);
    // After the decision: the hook is user code and may record.
    report_environment();
    decided.map_or_else(|decided| decided == ON, |_| on)
}

/// Reports, once, variables that can't be used: a program that never calls
/// `build()` gets no error, and goes on with the defaults.
pub(crate) fn report_environment() {
    static REPORTED: AtomicBool = AtomicBool::new(false);
    // Relaxed: a flag of its own.
    if !REPORTED.swap(true, Ordering::Relaxed) {
        for error in Environment::read_each(variable).1 {
            report(&Diagnostic::Environment(error));
        }
    }
}

/// The settings of the global registry when nothing was built.
pub(crate) fn settings_of_environment() -> Settings {
    let environment = Environment::read_each(variable).0;
    Settings {
        namespace: namespace_prefix(environment.namespace.as_deref()),
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
    use std::time::Duration;

    fn read(variable: &'static str, value: &str) -> Result<Environment, EnvironmentError> {
        let get = |asked| (asked == variable).then(|| value.to_owned());
        let (environment, mut errors) = Environment::read_each(get);
        errors.pop().map_or(Ok(environment), Err)
    }

    #[test]
    fn booleans_have_many_spellings() {
        for (value, expected) in [("True", true), ("1", true), ("ON", true), ("no", false)] {
            let environment = read("METRICS_ENABLED", value).unwrap();
            assert_eq!(environment.enabled, Some(expected), "{value}");
        }
    }

    // Mutation: a variable is read into the other's place, or taken for seconds.
    #[test]
    fn durations_are_milliseconds_above_zero() {
        let half = Some(Duration::from_micros(2_500));
        for (variable, expected) in [
            ("METRICS_COLLECTOR_DEADLINE_MS", (half, None)),
            ("METRICS_SLOW_QUERY_MS", (None, half)),
        ] {
            let environment = read(variable, " 2.5 ").unwrap();
            let read_as = (environment.collector_deadline, environment.slow_query);
            assert_eq!(read_as, expected, "{variable}");
            for value in ["0", "-1", "1s", "NaN", "inf", "1e300", "1e-9"] {
                let error = read(variable, value).unwrap_err();
                assert_eq!((error.variable, &*error.value), (variable, value));
                assert!(error.to_string().contains("milliseconds above zero"));
            }
        }
    }

    #[test]
    fn a_bad_variable_takes_nothing_from_the_others() {
        let get = |asked| match asked {
            "METRICS_ENABLED" => Some("off".to_owned()),
            "METRICS_NAMESPACE" => Some("1".to_owned()),
            _ => None,
        };
        let (environment, errors) = Environment::read_each(get);
        assert_eq!(environment.enabled, Some(false));
        assert_eq!(errors.len(), 1);
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
