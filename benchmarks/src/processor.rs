//! The processor: where a program runs, and what it has used.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Stays on the last core, with all threads that are started later.
pub fn pin() {
    let last = sched_getaffinity(None).ok().and_then(|allowed| {
        let cores = 0..CpuSet::MAX_CPU;
        cores.rev().find(|core| allowed.is_set(*core))
    });
    if let Some(core) = last {
        let mut set = CpuSet::new();
        set.set(core);
        // Where it isn't allowed, medians are noisier.
        let _ = sched_setaffinity(None, &set);
    }
}

/// What all threads of this process have used so far.
pub fn used() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
