//! The clock of the recording path: integer nanoseconds since a first reading.

use std::sync::OnceLock;
use std::time::Instant;

/// A reading of the clock, in nanoseconds since the process' first one.
///
/// Eight bytes where `Instant` takes sixteen: it lives in every instrumented
/// future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticks(u64);

static ANCHOR: OnceLock<Instant> = OnceLock::new();

impl Ticks {
    /// The current reading.
    pub(crate) fn now() -> Self {
        let anchor = *ANCHOR.get_or_init(Instant::now);
        Self(u64::try_from(anchor.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// Nanoseconds since `self`, zero if the clock went back.
    pub(crate) fn elapsed_nanos(self) -> u64 {
        Self::now().0.saturating_sub(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Ticks;

    #[test]
    fn never_runs_backwards() {
        let mut last = Ticks::now();
        for _ in 0..10_000 {
            let now = Ticks::now();
            assert!(now.0 >= last.0);
            last = now;
        }
    }

    #[test]
    fn a_reading_from_the_future_is_zero_old() {
        assert_eq!(Ticks(u64::MAX).elapsed_nanos(), 0);
    }
}
