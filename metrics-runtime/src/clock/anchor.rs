//! One moment on both clocks, and what two of them say about the counter.

use super::source::Source;
use std::time::{Duration, Instant};

/// The shortest stretch that the counter is calibrated over.
pub(super) const LEAST_NANOS: u64 = 1_000_000;

/// A scale that is off by more than one part in so many isn't taken: half of
/// the 0.1 % that durations may be off by, since the system's clock is steered
/// by up to as much again.
const PRECISION: u128 = 2_000;

/// Counters beyond this aren't used, so that none has the bit by which readings
/// of `Instant` are told while the program runs: the rest takes decades.
const MOST_TICKS: u64 = 1 << 62;

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    pub(super) instant: Instant,
    counter: u64,
    /// How far apart the two were read.
    doubt: Duration,
}

/// What the time between two moments says about the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Nanoseconds per tick, as a fixed-point number with 32 binary places.
    Scale(u64),
    /// Nothing yet: the stretch is too short for the precision.
    Unknown,
    /// The counter stands still, goes back, or is off the scale of any
    /// processor.
    Unusable,
}

impl Anchor {
    /// Reads both clocks. Of a few tries the one counts during which the least
    /// time passed, so that an interruption between the readings doesn't.
    pub(super) fn take(source: &impl Source) -> Self {
        let read = || {
            let before = source.instant();
            let counter = source.counter();
            let doubt = source.instant().saturating_duration_since(before);
            let instant = before + doubt / 2;
            Self {
                instant,
                counter,
                doubt,
            }
        };
        let mut best = read();
        for _ in 0..4 {
            let again = read();
            if again.doubt < best.doubt {
                best = again;
            }
        }
        best
    }

    /// The counter's pace between two moments.
    pub(super) fn pace_to(&self, later: &Self) -> Pace {
        let stretch = later.instant.saturating_duration_since(self.instant);
        let doubt = (self.doubt + later.doubt) / 2;
        let nanos = stretch.as_nanos();
        if nanos < u128::from(LEAST_NANOS) || doubt.as_nanos() * PRECISION > nanos {
            return Pace::Unknown;
        }
        let ticks = later.counter.checked_sub(self.counter);
        let ticks = ticks.filter(|_| later.counter <= MOST_TICKS);
        let scale = ticks.and_then(|ticks| {
            let scale = (nanos << 32).checked_div(u128::from(ticks))?;
            u64::try_from(scale).ok()
        });
        // From 100 GHz down to 1 MHz.
        let sane = (1 << 32) / 100..=(1 << 32) * 1_000;
        match scale {
            Some(scale) if sane.contains(&scale) => Pace::Scale(scale),
            _ => Pace::Unusable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Anchor, MOST_TICKS, Pace, Source};
    use std::cell::Cell;
    use std::time::{Duration, Instant};

    /// Looks at its clocks take so many nanoseconds, one after the other.
    struct Interrupted {
        origin: Instant,
        nanos: Cell<u64>,
        looks: Cell<&'static [u64]>,
    }

    impl Source for Interrupted {
        fn trusts_counter(&self) -> bool {
            true
        }

        fn counter(&self) -> u64 {
            self.nanos.get()
        }

        fn instant(&self) -> Instant {
            let now = self.nanos.get();
            if let Some((look, rest)) = self.looks.get().split_first() {
                self.looks.set(rest);
                self.nanos.set(now + look);
            }
            self.origin + Duration::from_nanos(now)
        }
    }

    // Mutations: the first try counts, or the one that took longest.
    #[test]
    fn the_try_that_was_least_interrupted_counts() {
        let source = Interrupted {
            origin: Instant::now(),
            nanos: Cell::new(0),
            looks: Cell::new(&[900, 0, 20, 0, 4, 0, 30, 0, 700]),
        };
        let anchor = Anchor::take(&source);
        assert_eq!(anchor.doubt, Duration::from_nanos(4));
        assert_eq!(anchor.counter, 924);
        let middle = source.origin + Duration::from_nanos(922);
        assert_eq!(anchor.instant, middle);
    }

    fn anchors(nanos: u64, counters: [u64; 2], doubt: u64) -> [Anchor; 2] {
        let origin = Instant::now();
        [0, nanos].map(|at| Anchor {
            instant: origin + Duration::from_nanos(at),
            counter: counters[usize::from(at > 0)],
            doubt: Duration::from_nanos(doubt),
        })
    }

    fn pace(nanos: u64, counters: [u64; 2], doubt: u64) -> Pace {
        let [start, end] = anchors(nanos, counters, doubt);
        start.pace_to(&end)
    }

    const MILLISECOND: u64 = 1_000_000;

    #[test]
    fn the_scale_is_nanoseconds_per_tick() {
        // 4 GHz, 1 GHz and 62.5 MHz.
        for (ticks, scale) in [
            (4_000_000, 1 << 30),
            (1_000_000, 1 << 32),
            (62_500, 1 << 36),
        ] {
            let pace = pace(MILLISECOND, [7, 7 + ticks], 0);
            assert_eq!(pace, Pace::Scale(scale), "{ticks}");
        }
    }

    #[test]
    fn a_counter_of_no_processor_is_unusable() {
        for end in [1_000, 999, 1_001, 0, u64::MAX] {
            assert_eq!(pace(MILLISECOND, [1_000, end], 0), Pace::Unusable, "{end}");
        }
    }

    // Mutation: no bound for the counter. It would be taken for `Instant`.
    #[test]
    fn a_counter_near_the_highest_bit_is_unusable() {
        let usable = [MOST_TICKS - MILLISECOND, MOST_TICKS];
        assert_eq!(pace(MILLISECOND, usable, 0), Pace::Scale(1 << 32));
        let beyond = usable.map(|counter| counter + 1);
        assert_eq!(pace(MILLISECOND, beyond, 0), Pace::Unusable);
    }

    // Mutation: no look at the doubt, or at that of one of the two only.
    #[test]
    fn a_stretch_is_long_enough_for_its_precision() {
        let at_pace = |nanos, doubt| pace(nanos, [0, nanos], doubt);
        assert_eq!(at_pace(MILLISECOND - 1, 0), Pace::Unknown);
        assert_eq!(at_pace(MILLISECOND, 500), Pace::Scale(1 << 32));
        assert_eq!(at_pace(MILLISECOND, 502), Pace::Unknown);
        assert_eq!(at_pace(2 * MILLISECOND, 502), Pace::Scale(1 << 32));
    }
}
