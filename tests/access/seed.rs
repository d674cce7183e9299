//! Runs that can be repeated.

use std::env;

/// The seed of a run, printed.
pub(crate) fn seed() -> u64 {
    let seed = env::var("METRICS_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| {
            seed.parse()
                .expect("METRICS_SEED is an unsigned number, as a run prints it")
        },
    );
    println!("METRICS_SEED={seed}");
    seed
}

/// Whether this is a long run.
pub(crate) fn is_long() -> bool {
    env::var_os("METRICS_PROVE").is_some()
}

/// How many random requests there are.
pub(crate) fn requests() -> u32 {
    if is_long() { 1_000_000 } else { 20_000 }
}
