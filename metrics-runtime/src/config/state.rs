//! What is decided once for the whole process: by `build()`, else by the
//! environment.

use super::{Config, Given};
use crate::diagnostics::{Diagnostic, report};
use crate::registry::Settings;
use once_cell::sync::OnceCell;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

/// What the environment says, as far as it can be used.
fn of_environment() -> Config {
    Given::of_environment_as_far_as_valid().0.into_config()
}

/// In nanoseconds; zero before it is decided.
static SLOW_QUERY_NANOS: AtomicU64 = AtomicU64::new(0);

/// Nanoseconds from which on a query is slow.
pub(crate) fn slow_query_nanos() -> u64 {
    // Relaxed, here and below: a number of its own.
    match SLOW_QUERY_NANOS.load(Ordering::Relaxed) {
        0 => {
            let nanos = nanos(of_environment().slow_query);
            // A `build()` at the same time has decided on purpose and wins.
            let decided =
                SLOW_QUERY_NANOS.compare_exchange(0, nanos, Ordering::Relaxed, Ordering::Relaxed);
            decided.err().unwrap_or(nanos)
        }
        nanos => nanos,
    }
}

/// How long a page waits for collectors, by the environment; read once.
pub(crate) fn collector_deadline() -> Duration {
    static DEADLINE: OnceCell<Duration> = OnceCell::new();
    *DEADLINE.get_or_init(|| of_environment().collector_deadline)
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
    let on = of_environment().enabled;
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
        for error in Given::of_environment_as_far_as_valid().1 {
            report(&Diagnostic::Environment(error));
        }
    }
}

/// The buckets of latencies of the global registry when nothing was built.
pub(crate) fn latency_buckets_of_environment() -> Option<Vec<f64>> {
    of_environment().latency_buckets
}

/// The settings of the global registry when nothing was built.
pub(crate) fn settings_of_environment() -> Settings {
    Settings {
        namespace: namespace_prefix(of_environment().namespace.as_deref()),
        ..Settings::default()
    }
}

/// A namespace as it stands before a name.
pub(crate) fn namespace_prefix(namespace: Option<&str>) -> String {
    namespace.map_or_else(String::new, |namespace| format!("{namespace}_"))
}
