//! Counts of the past.

use super::count::Count;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Readings that are kept at most; a window of more runs is read more coarsely.
pub(super) const MOST: usize = 256;

/// Counts of the past; what was counted before the first one is no news.
#[derive(Debug, Default)]
pub(super) struct Readings(pub(super) VecDeque<(Instant, Count)>);

impl Readings {
    /// What came since the last reading that is as old as the window, or since the
    /// first one.
    pub(super) fn recent(&mut self, count: Count, now: Instant, window: Duration) -> Count {
        let Self(readings) = self;
        let is_old = |at: Instant| now.saturating_duration_since(at) >= window;
        while readings.get(1).is_some_and(|(at, _)| is_old(*at)) {
            readings.pop_front();
        }
        if readings.len() >= MOST {
            // Every other one, but for the first.
            let mut kept = false;
            readings.retain(|_| {
                kept = !kept;
                kept
            });
        }
        let (_, before) = readings.front().copied().unwrap_or((now, count));
        readings.push_back((now, count));
        Count {
            events: count.events.saturating_sub(before.events),
            errors: count.errors.saturating_sub(before.errors),
        }
    }
}
