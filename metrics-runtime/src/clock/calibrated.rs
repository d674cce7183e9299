//! A clock that owns no static, so that tests can give it other clocks to read.

use super::anchor::{Anchor, LEAST_NANOS, Pace};
use super::source::Source;
use super::{INSTANT, Ticks};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A clock that reads a counter as soon as it knows its pace.
#[derive(Debug)]
pub(super) struct Clock<S> {
    /// Nanoseconds per tick, as a fixed-point number with 32 binary places.
    /// Zero until the counter is calibrated. Its last place says whether the
    /// counter is [in use](IN_USE), at no cost to the precision; the others
    /// stay for calls that began by the counter when it is given up.
    scale: AtomicU64,
    /// The first moment that is known on both clocks.
    anchor: OnceLock<Anchor>,
    trusted: OnceLock<bool>,
    source: S,
}

/// The counter is what readings are taken from.
const IN_USE: u64 = 1;

/// The scale of a counter that is given up before it was in use.
const GIVEN_UP: u64 = 2;

/// A scale that differs from the one before by more than one part in so many
/// isn't a better one: the counter has jumped, or has changed its pace.
const MOST_CHANGE: u64 = 500;

impl<S> Clock<S> {
    pub(super) const fn new(source: S) -> Self {
        Self {
            scale: AtomicU64::new(0),
            anchor: OnceLock::new(),
            trusted: OnceLock::new(),
            source,
        }
    }
}

impl<S: Source> Clock<S> {
    /// The current reading.
    #[inline]
    pub(super) fn now(&self) -> Ticks {
        // Relaxed: the number publishes nothing but itself, here and below.
        if self.scale.load(Ordering::Relaxed) & IN_USE == 0 {
            self.now_by_instant()
        } else {
            Ticks(self.source.counter())
        }
    }

    #[cold]
    #[inline(never)]
    fn now_by_instant(&self) -> Ticks {
        let nanos = self.instant_nanos();
        if nanos >= LEAST_NANOS {
            self.calibrate();
        }
        Ticks(nanos | INSTANT)
    }

    /// Whether readings are of the counter.
    pub(super) fn is_in_use(&self) -> bool {
        self.scale.load(Ordering::Relaxed) & IN_USE != 0
    }

    /// Nanoseconds since a reading, zero if the clock went back.
    pub(super) fn elapsed_nanos(&self, start: Ticks) -> u64 {
        let now = Ticks(self.source.counter() & !INSTANT);
        let nanos = self.nanos_between(start, now);
        nanos.unwrap_or_else(|| self.elapsed_otherwise(start))
    }

    /// Nanoseconds between two readings, of which `end` is the counter without its
    /// highest bit.
    #[inline]
    pub(super) fn nanos_between(&self, start: Ticks, end: Ticks) -> Option<u64> {
        // One comparison for two rare cases: a reading of `Instant` has the
        // highest bit, so it is ahead of every counter; one that has that bit
        // itself isn't in use.
        let ticks = end.0.checked_sub(start.0)?;
        Some(scaled(ticks, self.scale.load(Ordering::Relaxed)))
    }

    /// Since a reading of `Instant`, or one of the counter that is yet to come.
    #[cold]
    #[inline(never)]
    fn elapsed_otherwise(&self, start: Ticks) -> u64 {
        if start.0 & INSTANT == 0 {
            return 0;
        }
        self.instant_nanos().saturating_sub(start.0 & !INSTANT)
    }

    fn instant_nanos(&self) -> u64 {
        let since = self.anchor().instant;
        let elapsed = self.source.instant().saturating_duration_since(since);
        u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX) & !INSTANT
    }

    pub(super) fn anchor(&self) -> &Anchor {
        self.anchor.get_or_init(|| Anchor::take(&self.source))
    }

    /// Finds or refines the scale; gives the counter up if it can't be relied
    /// on after all.
    pub(super) fn calibrate(&self) {
        let known = self.scale.load(Ordering::Relaxed);
        if known != 0 && known & IN_USE == 0 {
            return;
        }
        let given_up = (known & !IN_USE).max(GIVEN_UP);
        let scale = if *self.trusted.get_or_init(|| self.source.trusts_counter()) {
            match self.anchor().pace_to(&Anchor::take(&self.source)) {
                Pace::Unknown => return,
                Pace::Scale(scale) if known == 0 => scale | IN_USE,
                Pace::Scale(scale) if known.abs_diff(scale) <= known / MOST_CHANGE => {
                    scale | IN_USE
                }
                Pace::Scale(_) | Pace::Unusable => given_up,
            }
        } else {
            given_up
        };
        // Not over what another thread has found meanwhile: what was given up
        // stays so.
        let _ = self
            .scale
            .compare_exchange(known, scale, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Ticks as nanoseconds.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "2^64 ns are five centuries"
)]
fn scaled(ticks: u64, scale: u64) -> u64 {
    ((u128::from(ticks) * u128::from(scale)) >> 32) as u64
}

#[cfg(test)]
mod tests {
    use super::{Clock, INSTANT, Source, Ticks, scaled};
    use std::cell::Cell;
    use std::time::{Duration, Instant};

    /// Both clocks as a test sets them.
    struct Script {
        trusted: bool,
        origin: Instant,
        nanos: Cell<u64>,
        counter: Cell<u64>,
        /// Nanoseconds that each look at `Instant` takes, at 2 GHz.
        lag: Cell<u64>,
    }

    impl Source for Script {
        fn trusts_counter(&self) -> bool {
            self.trusted
        }

        fn counter(&self) -> u64 {
            self.counter.get()
        }

        fn instant(&self) -> Instant {
            let (nanos, lag) = (self.nanos.get(), self.lag.get());
            self.nanos.set(nanos + lag);
            self.counter.set(self.counter.get() + 2 * lag);
            self.origin + Duration::from_nanos(nanos)
        }
    }

    const MILLISECOND: u64 = 1_000_000;
    const MINUTE: u64 = 60_000 * MILLISECOND;

    impl Clock<Script> {
        /// Started with the counter at this value.
        fn at(counter: u64) -> Self {
            let clock = Self::new(Script {
                trusted: true,
                origin: Instant::now(),
                nanos: Cell::new(0),
                counter: Cell::new(counter),
                lag: Cell::new(0),
            });
            clock.anchor();
            clock
        }

        /// A millisecond later, with a counter of 2 GHz in use.
        fn in_use() -> Self {
            let clock = Self::at(1_000);
            clock.pass(MILLISECOND, 2 * MILLISECOND);
            clock.now();
            assert!(!is_instant(clock.now()));
            clock
        }

        fn pass(&self, nanos: u64, ticks: u64) {
            let Script {
                nanos: instant,
                counter,
                ..
            } = &self.source;
            instant.set(instant.get() + nanos);
            counter.set(counter.get() + ticks);
        }
    }

    fn is_instant(ticks: Ticks) -> bool {
        ticks.0 & INSTANT != 0
    }

    // Mutation: `now_by_instant` doesn't look at the time, and `pace_to` at no
    // least stretch.
    #[test]
    fn instant_is_read_until_the_counter_has_been_watched_for_a_millisecond() {
        let clock = Clock::at(1_000);
        clock.pass(MILLISECOND - 1, 2 * MILLISECOND);
        assert!(is_instant(clock.now()));
        assert!(is_instant(clock.now()));
        clock.pass(1, 2);
        // The reading that finds the scale is taken by what there was.
        assert!(is_instant(clock.now()));
        assert!(!is_instant(clock.now()));
    }

    #[test]
    fn a_minute_is_a_minute_at_every_frequency() {
        // Ticks in 125 ns: 24 MHz, 1 GHz, 2.4 GHz, 5 GHz.
        for ticks in [3, 125, 300, 625] {
            let clock = Clock::at(7);
            clock.pass(125_000_000, ticks * MILLISECOND);
            clock.calibrate();
            let start = clock.now();
            assert!(!is_instant(start));
            clock.pass(MINUTE, MINUTE / 125 * ticks);
            let measured = clock.elapsed_nanos(start);
            let error = measured.abs_diff(MINUTE);
            assert!(error <= MINUTE / 1_000_000, "{ticks}: {error} ns");
        }
    }

    // Mutation: the calibration takes `Pace::Unusable` for `Pace::Unknown`; it
    // would try again, which takes its time, at every call.
    #[test]
    fn a_counter_that_stands_still_is_never_in_use() {
        let clock = Clock::at(1_000);
        clock.pass(MILLISECOND, 0);
        let start = clock.now();
        // It moves again, too late.
        clock.pass(MINUTE, 2 * MINUTE);
        assert!(is_instant(clock.now()));
        clock.calibrate();
        assert!(is_instant(clock.now()));
        assert_eq!(clock.elapsed_nanos(start), MINUTE);
    }

    #[test]
    fn a_counter_that_is_not_trusted_is_never_in_use() {
        let mut clock = Clock::at(1_000);
        clock.source.trusted = false;
        for _ in 0..3 {
            clock.pass(MILLISECOND, 2 * MILLISECOND);
            let start = clock.now();
            assert!(is_instant(start));
            clock.calibrate();
            clock.pass(7, 1_000);
            assert_eq!(clock.elapsed_nanos(start), 7);
        }
    }

    // Mutation: `elapsed_nanos` wraps where the counter is behind the start.
    #[test]
    fn a_reading_from_the_future_is_zero_old() {
        let clock = Clock::in_use();
        let start = clock.now();
        clock.source.counter.set(start.0 - 1);
        assert_eq!(clock.elapsed_nanos(start), 0);
        let ahead = Ticks(INSTANT | (clock.source.nanos.get() + 1));
        assert_eq!(clock.elapsed_nanos(ahead), 0);
        assert_eq!(clock.elapsed_nanos(Ticks(u64::MAX)), 0);
        assert_eq!(clock.elapsed_nanos(Ticks(INSTANT - 1)), 0);
    }

    // Mutations: a counter that goes back is kept; one that was given up is
    // taken again.
    #[test]
    fn a_counter_that_jumps_back_is_given_up() {
        let clock = Clock::in_use();
        let start = clock.now();
        clock.source.counter.set(0);
        clock.pass(MINUTE, 0);
        assert_eq!(clock.elapsed_nanos(start), 0);
        clock.calibrate();
        let start = clock.now();
        assert!(is_instant(start));
        clock.pass(MINUTE, 2 * MINUTE);
        assert_eq!(clock.elapsed_nanos(start), MINUTE);
        // As if nothing had been.
        let nanos = clock.source.nanos.get();
        clock.source.counter.set(1_000 + 2 * nanos);
        clock.calibrate();
        assert!(is_instant(clock.now()));
    }

    // Mutation: every scale within the range of processors is taken. After a
    // sleep in which the counter ran and `Instant` didn't it would be wrong.
    #[test]
    fn a_counter_that_changes_its_pace_is_given_up_and_calls_under_way_keep_the_scale() {
        let clock = Clock::in_use();
        clock.pass(MINUTE, 2 * MINUTE);
        clock.calibrate();
        let start = clock.now();
        assert!(!is_instant(start));
        clock.pass(MINUTE, 2 * MINUTE + MINUTE / 50);
        clock.calibrate();
        assert!(is_instant(clock.now()));
        let measured = clock.elapsed_nanos(start);
        assert_eq!(measured / (MINUTE / 100), 101);
    }

    // Mutation: no bound for the counter in `pace_to`.
    #[test]
    fn a_counter_near_the_highest_bit_is_never_in_use() {
        for counter in [
            INSTANT / 2,
            INSTANT - MILLISECOND,
            INSTANT,
            u64::MAX / 4 * 3,
        ] {
            let clock = Clock::at(counter);
            clock.pass(MILLISECOND, 2 * MILLISECOND);
            clock.now();
            assert!(is_instant(clock.now()), "{counter}");
        }
    }

    // Mutation: a later scale isn't taken.
    #[test]
    fn the_scale_gets_better_with_time() {
        let clock = Clock::at(0);
        clock.pass(MILLISECOND, 2 * MILLISECOND);
        // The counter is read late by half of what passes between two looks at
        // `Instant`: by 450 parts in a million of the stretch.
        clock.source.lag.set(900);
        clock.now();
        let start = clock.now();
        assert!(!is_instant(start));
        clock.source.lag.set(0);
        clock.pass(MINUTE, 2 * MINUTE);
        let before = clock.elapsed_nanos(start).abs_diff(MINUTE);
        assert!(before <= MINUTE / 2_000, "{before} ns");
        clock.calibrate();
        let after = clock.elapsed_nanos(start).abs_diff(MINUTE);
        assert!(after < before / 100, "{after} ns after {before} ns");
    }

    // Mutation: the doubt of an anchor doesn't count.
    #[test]
    fn a_scale_that_would_be_too_coarse_waits() {
        let clock = Clock::at(0);
        clock.pass(MILLISECOND, 2 * MILLISECOND);
        clock.source.lag.set(2_000);
        clock.now();
        assert!(is_instant(clock.now()));
        clock.pass(10 * MILLISECOND, 20 * MILLISECOND);
        clock.now();
        assert!(!is_instant(clock.now()));
    }

    #[test]
    fn a_call_that_began_before_the_calibration_is_measured_by_instant() {
        let clock = Clock::at(1_000);
        let start = clock.now();
        clock.pass(MILLISECOND, 2 * MILLISECOND);
        clock.now();
        assert!(!is_instant(clock.now()));
        clock.pass(3, 1_000);
        assert_eq!(clock.elapsed_nanos(start), MILLISECOND + 3);
    }

    #[test]
    fn ticks_of_a_year_fit() {
        let year = 365 * 86_400 * 1_000 * MILLISECOND;
        let (ticks, scale) = (year / 2 * 5, (1 << 32) / 5 * 2);
        let measured = scaled(ticks, scale);
        assert!(measured.abs_diff(year) < year / 1_000_000, "{measured}");
        // 5 centuries at 1 MHz.
        let ticks = u64::MAX / 1_000;
        assert_eq!(scaled(ticks, 1_000 << 32), ticks * 1_000);
    }
}
