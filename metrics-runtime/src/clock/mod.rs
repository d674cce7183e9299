//! The clock of the recording path.
//!
//! Where the kernel itself keeps time by the processor's counter, a reading is
//! that counter, which costs a third of `Instant`; everywhere else it is
//! `Instant`. `METRICS_CLOCK=tsc|instant` decides otherwise.

mod anchor;
mod calibrated;
mod choice;
mod source;

pub(crate) use choice::Choice;

use calibrated::Clock;
use source::Machine;

/// A reading: ticks of the counter, or nanoseconds of `Instant` with the
/// highest bit set, which a counter in use doesn't reach.
///
/// Eight bytes where `Instant` takes sixteen: it lives in every instrumented
/// future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Ticks(u64);

const INSTANT: u64 = 1 << 63;

/// The process's clock.
static CLOCK: Clock<Machine> = Clock::new(Machine);

impl Ticks {
    /// Before the start.
    pub(crate) const UNREAD: Self = Self(u64::MAX);

    /// Before the start of what isn't timed.
    pub(crate) const UNTIMED: Self = Self(u64::MAX - 1);

    /// The start of what isn't timed.
    pub(crate) const SKIPPED: Self = Self(u64::MAX - 2);

    /// The start of what isn't recorded after all.
    pub(crate) const VOID: Self = Self(metrics_site::VOID);

    /// Whether this is a reading: none of the values above.
    #[inline]
    pub(crate) const fn is_of_start(self) -> bool {
        self.0 < Self::VOID.0
    }

    /// The current reading.
    pub(crate) fn now() -> Self {
        CLOCK.now()
    }

    /// Whether readings are of the counter from now on, until [`calibrate`]
    /// gives it up.
    pub(crate) fn are_settled() -> bool {
        CLOCK.is_in_use()
    }

    /// The current reading where readings are settled.
    #[inline]
    pub(crate) fn of_counter() -> Self {
        Self(source::counter())
    }

    /// Nanoseconds from `start` to now, where readings are settled, if `start` is of the
    /// counter and comes before.
    #[inline]
    pub(crate) fn nanos_counted_since(start: Self) -> Option<u64> {
        CLOCK.nanos_between(start, Self(source::counter_without_highest_bit()))
    }

    /// Nanoseconds from `start` to `self`, which is of the counter, if `start`
    /// is so too and comes before.
    #[cfg(feature = "sqlx")]
    #[inline]
    pub(crate) fn nanos_since(self, start: Self) -> Option<u64> {
        CLOCK.nanos_between(start, Self(self.0 & !INSTANT))
    }

    /// The reading as a number that [`from_bits`](Self::from_bits) takes back.
    #[inline]
    pub(crate) const fn to_bits(self) -> u64 {
        self.0
    }

    /// The reading with these bits.
    #[inline]
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Nanoseconds since `self`, zero if the clock went back.
    pub(crate) fn elapsed_nanos(self) -> u64 {
        CLOCK.elapsed_nanos(self)
    }
}

/// Starts the clock. Called by the runtime's constructor, so that the counter is
/// calibrated by the time of the first call.
pub(crate) fn start() {
    CLOCK.anchor();
}

/// Measures the counter against `Instant`, over the time since the start: each
/// time is more exact than the one before.
pub(crate) fn calibrate() {
    let was_in_use = CLOCK.is_in_use();
    CLOCK.calibrate();
    if was_in_use && !CLOCK.is_in_use() {
        // Sites that read the counter without a look at the clock have to look.
        crate::catalogue::switch();
    }
}

#[cfg(test)]
mod tests {
    use super::source::Source as _;
    use super::{INSTANT, Machine, Ticks, calibrate};
    use std::time::{Duration, Instant};

    fn is_instant(ticks: Ticks) -> bool {
        ticks.0 & INSTANT != 0
    }

    #[test]
    fn the_machines_clock_never_runs_backwards() {
        for _ in 0..10_000 {
            let start = Ticks::now();
            let first = start.elapsed_nanos();
            // Other tests may have refined the scale in between.
            assert!(start.elapsed_nanos() >= first - first / 1_000);
        }
    }

    #[test]
    fn the_machines_clock_agrees_with_instant_also_across_the_calibration() {
        let (ticks, instant) = (Ticks::now(), Instant::now());
        // Spins past the calibration.
        while instant.elapsed() < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        // One that is interrupted too often waits for the next.
        let in_use = (0..1_000).any(|_| {
            calibrate();
            !is_instant(Ticks::now())
        });
        assert_eq!(in_use, Machine.trusts_counter());
        let least = u64::try_from(instant.elapsed().as_nanos()).unwrap();
        let measured = ticks.elapsed_nanos();
        assert!(
            measured >= least - least / 1_000,
            "{measured} of {least} ns"
        );
    }
}
