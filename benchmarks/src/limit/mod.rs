//! What each job costs at the least: written by hand, without registration,
//! checks or an end of threads.
//!
//! The technique is "P0": every thread has a slab of its own cells and is the
//! only one that writes them, so that an update is a load and a store without a
//! lock prefix, on a line that nobody shares. A scrape would add the slabs up.

mod page;
mod slab;
mod table;

use crate::case::{Case, Job, Worked, pick_user, poll, work, work_async};
use crate::exposition::Encoder;
use slab::{Histogram, Slot, ticks};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use table::Table;

static COUNTER: Slot = Slot::at(0);
/// Two cells: ok and error.
static OUTCOMES: Slot = Slot::at(1);
static HISTOGRAM: Histogram = Histogram::at(8);
static ENABLED: AtomicBool = AtomicBool::new(true);
static USERS: Table = Table::starting_at(64);

pub(crate) use slab::enter_thread;

pub(crate) fn cases() -> Vec<Case> {
    COUNTER.register();
    OUTCOMES.register();
    HISTOGRAM.register();
    // Relaxed: no thread is recording yet.
    ENABLED.store(black_box(true), Ordering::Relaxed);
    vec![
        Case::new(Job::Clock, "limit rdtsc pair", |x| {
            let start = ticks();
            let worked = work(x);
            black_box(ticks().wrapping_sub(start));
            worked
        }),
        Case::new(Job::Clock, "std Instant pair", |x| {
            let start = Instant::now();
            let worked = work(x);
            black_box(start.elapsed());
            worked
        })
        .with_instants(),
        Case::new(Job::Counter, "limit", |x| {
            COUNTER.add(0, 1);
            work(x)
        }),
        Case::new(Job::Counter, "limit with enabled flag", |x| {
            // Relaxed: the flag publishes nothing but itself.
            if ENABLED.load(Ordering::Relaxed) {
                COUNTER.add(0, 1);
            }
            work(x)
        }),
        Case::new(Job::Counted, "limit", counted),
        Case::new(Job::Timed, "limit", |x| {
            let _guard = HISTOGRAM.start();
            work(x)
        }),
        Case::new(Job::TimedAsync, "limit", |x| poll(timed_async(x))),
        Case::new(Job::Both, "limit", |x| {
            let _guard = HISTOGRAM.start();
            counted(x)
        }),
        Case::new(Job::Open16, "limit", |x| {
            USERS.slot(pick_user::<16>(x)).add(0, 1);
            work(x)
        }),
        Case::new(Job::Open1000, "limit", |x| {
            USERS.slot(pick_user::<1_000>(x)).add(0, 1);
            work(x)
        }),
    ]
}

fn counted(x: u64) -> Worked {
    let worked = work(x);
    OUTCOMES.add(usize::from(worked.is_err()), 1);
    worked
}

async fn timed_async(x: u64) -> Worked {
    let _guard = HISTOGRAM.start();
    work_async(x).await
}

pub(crate) fn encoders() -> Vec<Encoder> {
    page::encoders()
}
