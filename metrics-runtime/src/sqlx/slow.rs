//! Slow queries, told to the operator without flooding him.

use super::database::Dialect;
use super::fingerprint::Fingerprint;
use super::series::Series;
use crate::clock::Ticks;
use crate::diagnostics::{Diagnostic, report};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One is told at most in so many nanoseconds.
const PAUSE: u64 = 1_000_000_000;

/// When the last one was told.
#[derive(Debug)]
pub(super) struct Told {
    since: Ticks,
    /// Nanoseconds since then before which none is told.
    pause_until: AtomicU64,
    untold: AtomicU64,
}

impl Told {
    pub(super) fn new() -> Self {
        Self {
            since: Ticks::now(),
            pause_until: AtomicU64::new(0),
            untold: AtomicU64::new(0),
        }
    }

    /// Whether one that ended after so many nanoseconds is told, and then how many
    /// weren't.
    fn next(&self, now: u64) -> Option<u64> {
        // Relaxed, here and below: numbers of their own; of those who compare the same
        // one, one stores.
        let until = self.pause_until.load(Ordering::Relaxed);
        let next = now.saturating_add(PAUSE);
        let is_told = now >= until
            && self
                .pause_until
                .compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_told {
            return Some(self.untold.swap(0, Ordering::Relaxed));
        }
        self.untold.fetch_add(1, Ordering::Relaxed);
        None
    }
}

/// Tells of a slow query, if the last one is long enough ago.
#[cold]
pub(super) fn tell(series: &Series, sql: &str, dialect: Dialect, nanos: u64) {
    let Some(untold) = series.told.next(series.told.since.elapsed_nanos()) else {
        return;
    };
    let Fingerprint { hash, text } = Fingerprint::of(sql, dialect);
    report(&Diagnostic::SlowQuery {
        database: series.database.to_string(),
        duration: Duration::from_nanos(nanos),
        fingerprint: hash,
        statement: text,
        untold,
    });
}

#[cfg(test)]
mod tests {
    use super::{PAUSE, Told};

    // Mutation: what isn't told isn't counted.
    #[test]
    fn one_is_told_in_a_second_with_the_number_of_the_others() {
        let told = Told::new();
        assert_eq!(told.next(5), Some(0));
        assert_eq!(told.next(6), None);
        assert_eq!(told.next(PAUSE + 4), None);
        assert_eq!(told.next(PAUSE + 5), Some(2));
        assert_eq!(told.next(3 * PAUSE), Some(0));
    }
}
