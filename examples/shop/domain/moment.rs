//! Now, as the database has it.

use std::time::{Duration, SystemTime};

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    millis(time.unwrap_or_default())
}

/// A time in milliseconds, which lasts for 292 million years.
pub(crate) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
