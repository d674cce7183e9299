//! How many requests are answered in a time.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A bucket of tokens: each request takes one, and they come back at an even rate, up to
/// those of two seconds.
#[derive(Debug)]
pub(in crate::endpoint) struct Bucket {
    per_second: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: f64,
    /// When they were counted last.
    at: Instant,
}

impl Bucket {
    /// A full bucket.
    pub(in crate::endpoint) fn new(per_second: u32, now: Instant) -> Self {
        let per_second = f64::from(per_second.max(1));
        let tokens = 2.0 * per_second;
        Self {
            per_second,
            state: Mutex::new(State { tokens, at: now }),
        }
    }

    /// Takes a token, or says how long it takes until there is one.
    pub(super) fn take(&self, now: Instant) -> Result<(), Duration> {
        // Nothing panics while it is held.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.saturating_duration_since(state.at).as_secs_f64();
        let tokens = state.tokens + since * self.per_second;
        state.tokens = tokens.min(2.0 * self.per_second);
        state.at = state.at.max(now);
        if state.tokens >= 1.0 {
            state.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64(
            (1.0 - state.tokens) / self.per_second,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::Bucket;
    use std::time::{Duration, Instant};

    // Mutation: tokens come back without a limit.
    #[test]
    fn requests_are_let_through_at_an_even_rate() {
        let start = Instant::now();
        let bucket = Bucket::new(10, start);
        let let_through = |now| (0..1_000).take_while(|_| bucket.take(now).is_ok()).count();
        assert_eq!(let_through(start), 20);
        assert_eq!(bucket.take(start), Err(Duration::from_millis(100)));
        assert_eq!(let_through(start + Duration::from_millis(500)), 5);
        // A clock that goes back gives nothing.
        assert_eq!(let_through(start), 0);
        assert_eq!(let_through(start + Duration::from_hours(1)), 20);
    }
}
