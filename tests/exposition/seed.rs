//! Which random registries a run has.

use std::env;
use std::ops::Range;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

/// Consecutive seeds, one for each registry.
pub(crate) struct Seeds {
    first: u64,
    count: u64,
}

impl Seeds {
    /// As many as `METRICS_REGISTRIES` says, from `METRICS_SEED` on; else those of
    /// now, of which the first one is printed.
    pub(crate) fn new() -> Self {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH);
        let first = variable("METRICS_SEED");
        let first = first.unwrap_or_else(|| now().map_or(0, |now| now.as_secs()));
        println!("seed {first}");
        Self {
            first,
            count: variable("METRICS_REGISTRIES").unwrap_or(500),
        }
    }

    pub(crate) fn all(&self) -> Range<u64> {
        self.first..self.first + self.count
    }

    /// How many there are from this one on.
    pub(crate) fn count_from(&self, seed: u64) -> u64 {
        self.first + self.count - seed
    }
}

/// Says, when the test fails before it is dropped, how to run it again with the
/// registries of these seeds alone.
pub(crate) struct Again {
    pub(crate) seed: u64,
    pub(crate) count: u64,
}

impl Drop for Again {
    fn drop(&mut self) {
        if thread::panicking() {
            let Self { seed, count } = self;
            let thread = thread::current();
            let test = thread.name().unwrap_or_default();
            eprintln!(
                "again: METRICS_SEED={seed} METRICS_REGISTRIES={count} \
                 cargo test --package integration-tests --test exposition {test}"
            );
        }
    }
}

fn variable(name: &str) -> Option<u64> {
    let given = env::var(name).ok()?;
    let number = given.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is an unsigned number, not {given}")))
}
