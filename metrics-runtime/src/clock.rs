//! The clock of the recording path.
//!
//! Where the kernel itself keeps time by the processor's time-stamp counter, a
//! reading is that counter, which costs a third of `Instant`; everywhere else
//! it is `Instant`. `METRICS_CLOCK=tsc|instant` decides otherwise.

use crate::config::EnvironmentError;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A reading: ticks of the counter, or nanoseconds of `Instant` with the
/// highest bit set, which a counter doesn't reach in decades.
///
/// Eight bytes where `Instant` takes sixteen: it lives in every instrumented
/// future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticks(u64);

const INSTANT: u64 = 1 << 63;

/// Nanoseconds per tick, as a fixed-point number with 32 binary places; zero
/// until the counter is calibrated, and for ever where it isn't used.
static SCALE: AtomicU64 = AtomicU64::new(0);

/// The shortest stretch that the counter is calibrated over.
const CALIBRATION_NANOS: u64 = 1_000_000;

impl Ticks {
    /// Before the start.
    pub(crate) const UNREAD: Self = Self(u64::MAX);

    /// Before the start of what isn't timed.
    pub(crate) const UNTIMED: Self = Self(u64::MAX - 1);

    /// The start of what isn't timed.
    pub(crate) const SKIPPED: Self = Self(u64::MAX - 2);

    /// The current reading.
    pub(crate) fn now() -> Self {
        // Relaxed: the number publishes nothing but itself, here and below.
        if SCALE.load(Ordering::Relaxed) == 0 {
            Self::now_uncalibrated()
        } else {
            Self(counter())
        }
    }

    #[cold]
    #[inline(never)]
    fn now_uncalibrated() -> Self {
        let nanos = anchor().instant_nanos();
        if use_counter() && nanos >= CALIBRATION_NANOS {
            calibrate();
        }
        Self(nanos | INSTANT)
    }

    /// Whether readings are of the counter from now on.
    pub(crate) fn are_settled() -> bool {
        SCALE.load(Ordering::Relaxed) != 0
    }

    /// The current reading, once they are settled.
    #[inline]
    pub(crate) fn of_counter() -> Self {
        Self(counter())
    }

    /// Nanoseconds since `self`, zero if the clock went back.
    pub(crate) fn elapsed_nanos(self) -> u64 {
        let elapsed = Self::of_counter().nanos_since(self);
        elapsed.unwrap_or_else(|| self.elapsed_instant_nanos())
    }

    /// Nanoseconds from `start` to `self`, which is of the counter, if `start`
    /// is so too.
    #[inline]
    pub(crate) fn nanos_since(self, start: Self) -> Option<u64> {
        // A reading of `Instant` is beyond every reading of the counter.
        let ticks = self.0.checked_sub(start.0)?;
        Some(scaled(ticks, SCALE.load(Ordering::Relaxed)))
    }

    #[cold]
    #[inline(never)]
    fn elapsed_instant_nanos(self) -> u64 {
        if self.0 & INSTANT == 0 {
            return 0;
        }
        anchor().instant_nanos().saturating_sub(self.0 & !INSTANT)
    }
}

/// Ticks as nanoseconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "2^64 ns are five centuries"
)]
#[inline]
fn scaled(ticks: u64, scale: u64) -> u64 {
    ((u128::from(ticks) * u128::from(scale)) >> 32) as u64
}

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    instant: Instant,
    counter: u64,
}

impl Anchor {
    /// Reads both clocks. Of a few tries the one counts during which the least
    /// time passed, so that an interruption between the readings doesn't.
    fn take() -> Self {
        let read = || {
            let before = Instant::now();
            let counter = counter();
            let between = before.elapsed();
            let instant = before + between / 2;
            (between, Self { instant, counter })
        };
        let mut best = read();
        for _ in 0..4 {
            let again = read();
            if again.0 < best.0 {
                best = again;
            }
        }
        best.1
    }

    fn instant_nanos(&self) -> u64 {
        u64::try_from(self.instant.elapsed().as_nanos()).unwrap_or(u64::MAX) & !INSTANT
    }

    /// Nanoseconds per tick between two moments; `None` where the counter
    /// didn't rise or is off the scale of any processor.
    fn scale_to(&self, later: &Self) -> Option<u64> {
        let nanos = later
            .instant
            .saturating_duration_since(self.instant)
            .as_nanos();
        let ticks = u128::from(later.counter.checked_sub(self.counter)?);
        let scale = u64::try_from((nanos << 32).checked_div(ticks)?).ok()?;
        // From 100 GHz down to 1 MHz.
        let sane = (1 << 32) / 100..=(1 << 32) * 1_000;
        sane.contains(&scale).then_some(scale)
    }
}

static ANCHOR: OnceLock<Anchor> = OnceLock::new();

/// The first moment that the process knows on both clocks; the first
/// constructor takes it.
fn anchor() -> &'static Anchor {
    ANCHOR.get_or_init(Anchor::take)
}

/// Starts the clock. Called by the first constructor, so that the counter is
/// calibrated by the time of the first call.
pub(crate) fn start() {
    anchor();
}

/// Measures the counter against `Instant`, over the time since the start: each
/// time is more exact than the one before.
pub(crate) fn calibrate() {
    if !use_counter() || anchor().instant_nanos() < CALIBRATION_NANOS {
        return;
    }
    if let Some(scale) = anchor().scale_to(&Anchor::take()) {
        SCALE.store(scale, Ordering::Relaxed);
    }
}

/// What `METRICS_CLOCK` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Counter,
    Instant,
}

impl Choice {
    pub(crate) fn parse(value: &str) -> Result<Self, EnvironmentError> {
        match value {
            "tsc" if COUNTER => Ok(Self::Counter),
            "instant" => Ok(Self::Instant),
            _ => Err(EnvironmentError {
                variable: "METRICS_CLOCK",
                value: value.to_owned(),
                expected: if COUNTER {
                    "it takes `tsc` or `instant`"
                } else {
                    "it takes `instant`, since this processor's counter isn't known"
                },
            }),
        }
    }
}

/// Whether the counter is read at all; decided once.
fn use_counter() -> bool {
    static USE: OnceLock<bool> = OnceLock::new();
    *USE.get_or_init(|| {
        let chosen = std::env::var("METRICS_CLOCK").ok();
        // `build()` returns the error of a value that isn't one.
        match chosen.map(|value| Choice::parse(&value)) {
            Some(Ok(choice)) => choice == Choice::Counter,
            _ => COUNTER && kernel_trusts_counter(),
        }
    })
}

/// Linux watches the counter and falls back to another clock when the counters
/// of the cores disagree or stop in a sleep state; its choice is ours.
fn kernel_trusts_counter() -> bool {
    const SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    std::fs::read_to_string(SOURCE).is_ok_and(|source| source.trim() == "tsc")
}

/// Whether the counter of this kind of processor is known.
const COUNTER: bool = cfg!(target_arch = "x86_64");

/// The time-stamp counter.
#[cfg(target_arch = "x86_64")]
#[inline]
#[expect(unsafe_code, reason = "one of the places that the design allows it in")]
fn counter() -> u64 {
    // SAFETY: every x86-64 processor has the instruction, which reads a
    // register and touches no memory. An operating system may forbid it to
    // programs, but one that does can't use it as its own clock source, which
    // is what it is read for, unless METRICS_CLOCK says so.
    unsafe { core::arch::x86_64::_rdtsc() }
}

/// Never read: `COUNTER` is false.
#[cfg(not(target_arch = "x86_64"))]
const fn counter() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::{Anchor, Choice, INSTANT, Ticks, calibrate, scaled, use_counter};
    use std::time::{Duration, Instant};

    #[test]
    fn never_runs_backwards() {
        for _ in 0..10_000 {
            let start = Ticks::now();
            let first = start.elapsed_nanos();
            assert!(start.elapsed_nanos() >= first);
        }
    }

    #[test]
    fn a_reading_from_the_future_is_zero_old() {
        assert_eq!(Ticks(u64::MAX).elapsed_nanos(), 0);
        assert_eq!(Ticks(INSTANT - 1).elapsed_nanos(), 0);
    }

    #[test]
    fn agrees_with_instant_also_across_the_calibration() {
        let (ticks, instant) = (Ticks::now(), Instant::now());
        // Spins past the calibration.
        while instant.elapsed() < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        calibrate();
        let later = Ticks::now();
        assert_eq!(later.0 & INSTANT == 0, use_counter());
        let least = u64::try_from(instant.elapsed().as_nanos()).unwrap();
        let measured = ticks.elapsed_nanos();
        assert!(measured >= least, "{measured} ns, at least {least} passed");
        let most = u64::try_from(instant.elapsed().as_nanos()).unwrap();
        // Taking the two starts one after the other is all that lies between.
        assert!(measured <= most + 5_000_000, "{measured} ns of {most}");
    }

    fn anchor(origin: Instant, nanos: u64, counter: u64) -> Anchor {
        Anchor {
            instant: origin + Duration::from_nanos(nanos),
            counter,
        }
    }

    #[test]
    fn the_scale_turns_ticks_into_nanoseconds() {
        let origin = Instant::now();
        // 2.5 GHz over one millisecond, and over a year.
        let start = anchor(origin, 0, 1_000);
        let scale = start
            .scale_to(&anchor(origin, 1_000_000, 2_501_000))
            .unwrap();
        let year = 365 * 86_400 * 1_000_000_000_u64;
        let measured = scaled(year / 2 * 5, scale);
        assert!(measured.abs_diff(year) < year / 1_000_000_000, "{measured}");
    }

    #[test]
    fn a_counter_that_stands_still_or_jumps_is_refused() {
        let origin = Instant::now();
        let start = anchor(origin, 0, 1_000);
        for counter in [1_000, 999, 1_001, u64::MAX] {
            assert_eq!(start.scale_to(&anchor(origin, 1_000_000, counter)), None);
        }
    }

    #[test]
    fn the_variable_takes_two_words() {
        assert_eq!(Choice::parse("instant"), Ok(Choice::Instant));
        let error = Choice::parse("sundial").unwrap_err();
        assert!(error.to_string().contains("METRICS_CLOCK is `sundial`"));
    }
}
