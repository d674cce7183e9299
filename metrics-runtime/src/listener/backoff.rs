//! How long accepting pauses after it failed.

use std::io;
use std::time::Duration;

/// Pauses between failures of `accept`, which mostly mean that no file
/// descriptor or memory is left: trying again at once would spin, since the
/// connection stays in the queue.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

impl Backoff {
    /// A connection was accepted.
    pub(super) const fn reset(&mut self) {
        self.failures = 0;
    }

    /// The pause after `error`; none if it concerned one connection, which is
    /// gone from the queue.
    pub(super) fn pause(&mut self, error: &io::Error) -> Option<Duration> {
        let of_one_connection = matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionRefused
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::Interrupted
        );
        if of_one_connection {
            return None;
        }
        let pause = FIRST * 2_u32.pow(self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        Some(pause.min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, FIRST, LONGEST};
    use std::io::{Error, ErrorKind};

    #[test]
    fn pauses_grow_to_a_bound_and_start_over() {
        // Mutation: a pause of zero, with which a full table of files spins.
        let mut backoff = Backoff::default();
        let full = Error::from_raw_os_error(24);
        assert_eq!(backoff.pause(&full), Some(FIRST));
        assert_eq!(backoff.pause(&full), Some(FIRST * 2));
        for _ in 0..100 {
            backoff.pause(&full);
        }
        assert_eq!(backoff.pause(&full), Some(LONGEST));
        backoff.reset();
        assert_eq!(backoff.pause(&full), Some(FIRST));
    }

    #[test]
    fn a_connection_that_went_away_costs_no_pause() {
        let mut backoff = Backoff::default();
        let gone = Error::from(ErrorKind::ConnectionAborted);
        assert_eq!(backoff.pause(&gone), None);
    }
}
