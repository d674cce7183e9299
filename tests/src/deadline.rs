//! Waiting for a fact instead of for a time.

use std::thread;
use std::time::{Duration, Instant};

/// The pause between two probes.
const PAUSE: Duration = Duration::from_millis(50);

/// Probes until `probe` gives a value or `limit` has passed.
///
/// Probes at least once, and once more after the limit, so that a stalled test
/// process doesn't give up on what came true in the meantime.
pub fn poll<T>(limit: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    while Instant::now() < end {
        if let Some(value) = probe() {
            return Some(value);
        }
        thread::sleep(PAUSE);
    }
    probe()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_first_value() {
        let mut probes = 0;
        let value = poll(Duration::from_mins(1), || {
            probes += 1;
            (probes == 3).then_some(probes)
        });
        assert_eq!(value, Some(3));
    }

    #[test]
    fn probes_once_when_the_limit_is_zero() {
        assert_eq!(poll(Duration::ZERO, || Some(())), Some(()));
    }

    #[test]
    fn gives_up_after_the_limit() {
        assert_eq!(poll(Duration::from_millis(1), || None::<()>), None);
    }
}
