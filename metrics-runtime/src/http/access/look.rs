//! How often a look is taken that nobody's request depends on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Between two looks.
const EVERY: Duration = Duration::from_mins(1);

/// Says when the next look is due: at first, and then once a minute.
#[derive(Debug)]
pub(super) struct Look {
    made: Instant,
    /// Seconds since then until the next one.
    next: AtomicU64,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            made: Instant::now(),
            next: AtomicU64::new(0),
        }
    }
}

impl Look {
    /// Whether a look is due; it is nobody else's then.
    pub(super) fn is_due(&self) -> bool {
        self.is_due_at(Instant::now())
    }

    fn is_due_at(&self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.made).as_secs();
        let after = passed.saturating_add(EVERY.as_secs());
        // Relaxed: a number of its own.
        let taken = self
            .next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| {
                (passed >= next).then_some(after)
            });
        taken.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{EVERY, Look};
    use std::time::Duration;

    // Mutations: each request looks; there is one look and never another.
    #[test]
    fn a_look_is_due_at_first_and_once_a_minute() {
        let look = Look::default();
        let due = |after| look.is_due_at(look.made + after);
        let second = Duration::from_secs(1);
        assert!(due(second));
        assert!(!due(second));
        assert!(!due(EVERY));
        assert!(due(EVERY + second));
        assert!(!due(EVERY + second));
    }
}
