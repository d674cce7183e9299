//! `metriken`, which has no text format, and no lookup of a member by its
//! labels.

use crate::case::{Case, Job, Worked, pick_value, poll, work, work_async};
use metriken::{AtomicCounterHistogram, Counter, ShardedCounterGroup, metric};
use std::time::Instant;

#[metric(name = "calls")]
static CALLS: Counter = Counter::new();
#[metric(name = "calls_sharded")]
static CALLS_SHARDED: ShardedCounterGroup = ShardedCounterGroup::new(1);
#[metric(name = "outcomes")]
static OUTCOMES: ShardedCounterGroup = ShardedCounterGroup::new(2);
#[metric(name = "methods")]
static BY_METHOD: ShardedCounterGroup = ShardedCounterGroup::new(4);
/// Its buckets are 128 to each power of two, not eleven.
#[metric(name = "durations")]
static DURATION: AtomicCounterHistogram = AtomicCounterHistogram::new(7, 64);

static METHODS: [u64; 4] = [2, 0, 3, 1];

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(Job::Counter, "metriken shared", |x| {
            CALLS.increment();
            work(x)
        }),
        Case::new(Job::Counter, "metriken sharded", |x| {
            CALLS_SHARDED.increment(0);
            work(x)
        }),
        Case::new(Job::Counted, "metriken sharded", counted),
        Case::new(Job::Timed, "metriken", |x| timed(x, work)).with_instants(),
        Case::new(Job::TimedAsync, "metriken", |x| {
            poll(async move {
                let start = Instant::now();
                let worked = work_async(x).await;
                observe(start);
                worked
            })
        })
        .with_instants(),
        Case::new(Job::Both, "metriken", |x| timed(x, counted)).with_instants(),
        Case::new(Job::Closed1, "metriken sharded", |x| {
            let method = usize::try_from(pick_value::<0, _>(&METHODS, x));
            BY_METHOD.increment(method.unwrap_or(0));
            work(x)
        }),
    ]
}

fn counted(x: u64) -> Worked {
    let worked = work(x);
    OUTCOMES.increment(usize::from(worked.is_err()));
    worked
}

fn timed(x: u64, inner: impl Fn(u64) -> Worked) -> Worked {
    let start = Instant::now();
    let worked = inner(x);
    observe(start);
    worked
}

fn observe(start: Instant) {
    let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
    // Every number of nanoseconds is in its range.
    let _ = DURATION.increment(nanos);
}
