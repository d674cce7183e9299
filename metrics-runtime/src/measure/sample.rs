//! Which calls are timed where only a sample is.

use std::cell::Cell;
use std::hash::{BuildHasher as _, RandomState};

thread_local! {
    /// Zero until the thread's first choice.
    static STATE: Cell<u64> = const { Cell::new(0) };
}

/// Whether this call is one of the share that lies below `threshold`, of all
/// numbers of 64 bits.
///
/// At random, so that no rhythm of the calls meets one of the choice; a linear
/// congruential generator, of which the high bits decide, costs a
/// multiplication.
#[inline]
pub(crate) fn is_chosen(threshold: u64) -> bool {
    let mut state = STATE.get();
    if state == 0 {
        state = seed();
    }
    // Knuth's constants (MMIX).
    let next = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    STATE.set(next);
    next <= threshold
}

/// A start that differs between threads and runs.
#[cold]
#[inline(never)]
fn seed() -> u64 {
    RandomState::new().hash_one(0_u8)
}

#[cfg(test)]
mod tests {
    use super::is_chosen;

    #[test]
    fn the_share_is_that_of_the_threshold() {
        const CALLS: u32 = 1_000_000;
        for (threshold, share) in [(u64::MAX / 100, 0.01), (u64::MAX / 4 * 3, 0.75)] {
            let chosen = (0..CALLS).filter(|_| is_chosen(threshold)).count();
            let chosen = f64::from(u32::try_from(chosen).unwrap());
            let calls = f64::from(CALLS);
            // Off by more than seven standard deviations once in 10^11 runs.
            let tolerance = 7.0 * (calls * share * (1.0 - share)).sqrt();
            assert!((chosen - calls * share).abs() < tolerance, "{chosen}");
        }
        assert!((0..CALLS).all(|_| is_chosen(u64::MAX)));
    }
}
