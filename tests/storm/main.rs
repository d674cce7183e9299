//! Panics and cancellations by the hundred thousand, at every await point of
//! nested annotated functions: every count is exact.
//!
//! `METRICS_SEED` repeats a storm; its seed is printed. `METRICS_PROVE` makes
//! it ten times as long.

mod body;
mod ledger;
mod plan;

use body::REGISTRY;
use ledger::{ASYNC, Ledger, POINTS, SYNC};
use plan::{End, Plan};
use std::env;
use std::panic;
use std::thread;
use std::time::{Duration, SystemTime};
use tokio::runtime;

/// Cancellations, and panics.
const EACH: u64 = 100_000;
const THREADS: u64 = 4;

fn seed() -> u64 {
    let given = env::var("METRICS_SEED").ok().map(|seed| {
        seed.parse()
            .expect("METRICS_SEED is an unsigned number, as a storm prints it")
    });
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    given.unwrap_or_else(|| {
        let nanos = now.map_or(0, |now| now.as_nanos());
        u64::try_from(nanos & u128::from(u64::MAX)).unwrap_or_default()
    })
}

/// One thread's share of the storm.
fn rage(seed: u64, rounds: u64) -> Ledger {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut ledger = Ledger::default();
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        // Time passes only when everything waits, so a timeout costs nothing.
        .start_paused(true)
        .build()
        .expect("a runtime without I/O can be built");
    runtime.block_on(async {
        for round in 0..rounds {
            let at = random.usize(0..POINTS);
            if round % 2 == 0 {
                let plan = Plan::new(at, End::Suspend);
                match random.u8(0..4) {
                    0 => body::drop_by_select(plan).await,
                    1 => body::drop_by_timeout(plan, Duration::from_millis(1)).await,
                    2 => body::drop_by_abort(plan).await,
                    _ => body::drop_by_panicking_owner(plan).await,
                }
                ledger.expect(ASYNC, at, "cancelled");
            } else if random.bool() {
                body::panic_in_task(Plan::new(at, End::Panic)).await;
                ledger.expect(ASYNC, at, "panic");
            } else {
                body::panic_on_stack(&Plan::new(at, End::Panic));
                ledger.expect(SYNC, at, "panic");
            }
        }
    });
    ledger
}

#[test]
fn every_count_is_exact_after_panics_and_cancellations() {
    let seed = seed();
    println!("seed {seed}");
    let each = if env::var_os("METRICS_PROVE").is_some() {
        10 * EACH
    } else {
        EACH
    };
    let rounds = 2 * each / THREADS;
    let hook = panic::take_hook();
    // A hundred thousand reports would drown the test's own.
    panic::set_hook(Box::new(|info| {
        if info.payload_as_str() != Some(plan::PANIC) {
            eprintln!("{info}");
        }
    }));
    let ledger = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || rage(seed.wrapping_add(thread), rounds)))
            .collect();
        threads.into_iter().fold(Ledger::default(), |sum, thread| {
            sum.and(thread.join().expect("the storm itself doesn't panic"))
        })
    });
    panic::set_hook(hook);

    println!("{ledger}");
    assert_eq!(ledger.ended("cancelled"), each);
    assert_eq!(ledger.ended("panic"), each);
    assert!(ledger.least_hits() >= 1_000, "a point was hit too rarely");
    let wrong = ledger.differences(&REGISTRY.to_text());
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}

// Mutation: the page is compared with a ledger that is one call off.
#[test]
fn a_call_too_many_is_seen() {
    let page = "# TYPE function_calls_total counter\n\
                function_calls_total{function=\"inner\",module=\"storm::body\",outcome=\"ok\"} 1\n";
    let differences = Ledger::default().differences(page);
    assert_eq!(differences, ["inner, ok: 1 calls counted, 0 timed, 0 made"]);
}
