//! A share of the CPU, which is the difference of two readings.

use std::time::{Duration, Instant};

/// Keeps the reading before. Readings in quick succession give the same share: the
/// kernel's counts are too coarse for less.
#[derive(Debug)]
pub(super) struct Usage {
    interval: Duration,
    last: Option<Last>,
    percent: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    at: Instant,
    seconds: f64,
}

impl Usage {
    pub(super) const fn new(interval: Duration) -> Self {
        Self {
            interval,
            last: None,
            percent: None,
        }
    }

    /// The share of one CPU, from the CPU seconds until now; `None` at the first
    /// reading.
    pub(super) fn seconds(&mut self, seconds: f64) -> Option<f64> {
        self.seconds_at(Instant::now(), seconds)
    }

    fn seconds_at(&mut self, now: Instant, seconds: f64) -> Option<f64> {
        if let Some(passed) = self.begin(now, seconds) {
            let (passed, last) = passed;
            self.percent = Some(100.0 * (seconds - last.seconds).max(0.0) / passed.as_secs_f64());
        }
        self.percent
    }

    /// The share that `read` gives for the time since it was asked last; `None` at the
    /// first reading.
    pub(super) fn percent(&mut self, read: impl FnOnce() -> f64) -> Option<f64> {
        self.percent_at(Instant::now(), read)
    }

    fn percent_at(&mut self, now: Instant, read: impl FnOnce() -> f64) -> Option<f64> {
        let is_first = self.last.is_none();
        let begun = self.begin(now, 0.0);
        if is_first {
            // It counts from here.
            read();
        } else if begun.is_some() {
            self.percent = Some(read());
        }
        self.percent
    }

    /// Begins a reading: the time since the one before and what that was, unless there
    /// is none or it is too close.
    fn begin(&mut self, now: Instant, seconds: f64) -> Option<(Duration, Last)> {
        let next = Last { at: now, seconds };
        let Some(last) = self.last else {
            self.last = Some(next);
            return None;
        };
        let passed = now.saturating_duration_since(last.at);
        let far = passed >= self.interval && !passed.is_zero();
        far.then(|| {
            self.last = Some(next);
            (passed, last)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Usage;
    use std::time::{Duration, Instant};

    const INTERVAL: Duration = Duration::from_millis(200);

    // Mutations: the first share is zero; a reading that is too close is counted from.
    #[test]
    fn a_share_is_of_the_time_between_two_readings() {
        let mut usage = Usage::new(INTERVAL);
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert_eq!(usage.seconds_at(at(0), 10.0), None);
        assert_eq!(usage.seconds_at(at(100), 10.05), None);
        assert_eq!(usage.seconds_at(at(1000), 10.5), Some(50.0));
        assert_eq!(usage.seconds_at(at(1100), 10.6), Some(50.0));
        // Two CPUs for a second.
        assert_eq!(usage.seconds_at(at(2000), 12.5), Some(200.0));
        // Before the one before, and a clock that has fallen.
        assert_eq!(usage.seconds_at(at(1000), 12.5), Some(200.0));
        assert_eq!(usage.seconds_at(at(3000), 12.0), Some(0.0));
    }

    // Mutations: the first answer is served; one that is too close is asked for.
    #[test]
    fn a_share_that_another_computes_is_served_from_the_second_on() {
        let mut usage = Usage::new(INTERVAL);
        let start = Instant::now();
        let mut asked = 0;
        let mut percent = |milliseconds, answer| {
            let percent = usage.percent_at(start + Duration::from_millis(milliseconds), || {
                asked += 1;
                answer
            });
            (percent, asked)
        };
        assert_eq!(percent(0, 1.0), (None, 1));
        assert_eq!(percent(100, 2.0), (None, 1));
        assert_eq!(percent(300, 3.0), (Some(3.0), 2));
        assert_eq!(percent(400, 4.0), (Some(3.0), 2));
    }
}
