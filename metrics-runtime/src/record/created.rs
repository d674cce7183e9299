//! When series began, in few bytes.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

/// The moment from which on creation times count, by both clocks.
static START: OnceLock<(SystemTime, Instant)> = OnceLock::new();

fn start() -> (SystemTime, Instant) {
    *START.get_or_init(|| (SystemTime::now(), Instant::now()))
}

/// The time as creation times are kept: tenths of a second since the first call,
/// rounded down, so that nothing is recorded before its creation. Enough for
/// thirteen years; a series that is made later seems older.
pub(crate) fn now() -> u32 {
    let (_, instant) = start();
    u32::try_from(instant.elapsed().as_millis() / 100).unwrap_or(u32::MAX)
}

/// A creation time in milliseconds of Unix.
pub(crate) fn unix_millis(created: u32) -> u64 {
    let (system, _) = start();
    let since = system.duration_since(SystemTime::UNIX_EPOCH);
    // Before 1970 there is no time to tell.
    let since = since.unwrap_or_default().as_millis();
    u64::try_from(since).unwrap_or(u64::MAX) + 100 * u64::from(created)
}

#[cfg(test)]
mod tests {
    use super::{now, unix_millis};
    use std::time::SystemTime;

    // Mutation: `unix_millis` leaves out the factor, or `now` counts milliseconds.
    #[test]
    fn creation_times_are_close_to_the_clock_and_never_ahead() {
        let created = unix_millis(now());
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let millis = since.expect("it is after 1970").as_millis();
        let late = millis - u128::from(created);
        // A machine that stands still meanwhile makes it later, not earlier.
        assert!(late < 60_000, "{late} ms");
        assert_eq!(unix_millis(10) - unix_millis(0), 1_000);
    }
}
