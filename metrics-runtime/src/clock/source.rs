//! What a clock reads: the processor's counter and the system's clock.

use super::Choice;
use std::time::Instant;

/// Two clocks that tell the same time.
pub(super) trait Source {
    /// Whether the counter may be used in place of `Instant`; asked once.
    fn trusts_counter(&self) -> bool;

    /// The counter, zero where there is none.
    fn counter(&self) -> u64;

    fn instant(&self) -> Instant;
}

/// The machine's own.
#[derive(Debug)]
pub(super) struct Machine;

impl Source for Machine {
    fn trusts_counter(&self) -> bool {
        let chosen = std::env::var("METRICS_CLOCK").ok();
        // `build()` returns the error of a value that isn't one.
        match chosen.map(|value| Choice::parse(&value)) {
            Some(Ok(choice)) => choice == Choice::Counter,
            _ => KERNELS_NAME.is_some_and(is_clock_of_kernel),
        }
    }

    #[inline]
    fn counter(&self) -> u64 {
        counter()
    }

    fn instant(&self) -> Instant {
        Instant::now()
    }
}

/// What Linux calls the counter of this kind of processor, if we can read it.
pub(super) const KERNELS_NAME: Option<&str> = if cfg!(target_arch = "x86_64") {
    Some("tsc")
} else if cfg!(target_arch = "aarch64") {
    Some("arch_sys_counter")
} else {
    None
};

/// Linux watches the counter and falls back to another clock when the counters
/// of the cores disagree or stop in a sleep state; its choice is ours.
fn is_clock_of_kernel(name: &str) -> bool {
    const SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    std::fs::read_to_string(SOURCE).is_ok_and(|source| source.trim() == name)
}

/// The time-stamp counter.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn counter() -> u64 {
    let [low, high] = halves();
    high << 32 | low
}

/// The counter without its highest bit, which one that is in use hasn't: masked before
/// the halves are joined, which takes an instruction less.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn counter_without_highest_bit() -> u64 {
    let [low, high] = halves();
    (high & u64::from(u32::MAX >> 1)) << 32 | low
}

/// The lower and the upper half of the time-stamp counter.
#[cfg(target_arch = "x86_64")]
#[inline]
#[expect(unsafe_code, reason = "one of the places that the design allows it in")]
fn halves() -> [u64; 2] {
    let (low, high);
    // SAFETY: every x86-64 processor has the instruction, which reads a register and
    // touches no memory; it clears the upper halves of both registers. Operating systems
    // may forbid it to programs; none with a standard library of Rust does, unless the
    // program asks for it.
    unsafe {
        core::arch::asm!(
            "rdtsc",
            out("rax") low,
            out("rdx") high,
            options(nomem, nostack, preserves_flags)
        );
    }
    [low, high]
}

/// The counter without its highest bit, which one that is in use hasn't.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
pub(super) fn counter_without_highest_bit() -> u64 {
    counter() & (u64::MAX >> 1)
}

/// The virtual counter, which runs at the same pace on all cores by the
/// architecture. Its pace needs no reading of `CNTFRQ_EL0`: it is calibrated.
#[cfg(target_arch = "aarch64")]
#[inline]
#[expect(unsafe_code, reason = "one of the places that the design allows it in")]
pub(super) fn counter() -> u64 {
    let counter;
    // SAFETY: every processor of this architecture has the register; reading
    // it changes nothing, flags and memory included. Operating systems may
    // forbid it to programs; those with a standard library of Rust either
    // don't, or answer in the processor's place where a model's is faulty.
    unsafe {
        core::arch::asm!(
            "mrs {}, cntvct_el0",
            out(reg) counter,
            options(nomem, nostack, preserves_flags)
        );
    }
    counter
}

/// Never used: it has no name.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[inline]
pub(super) const fn counter() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::{KERNELS_NAME, Machine, Source as _};

    #[test]
    fn the_counter_rises() {
        let before = Machine.counter();
        // Slower counters than this one's processor rise every 42 ns.
        std::thread::sleep(std::time::Duration::from_micros(1));
        assert!(KERNELS_NAME.is_none() || Machine.counter() > before);
    }
}
