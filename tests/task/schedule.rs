//! Tasks that are repeated.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use metrics_runtime::{Metrics, Schedule};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::page::{Seen, count, metrics, seen, value};

const PERIOD: Duration = Duration::from_secs(10);

fn missed(metrics: &Metrics) -> u64 {
    count(metrics, "task_ticks_missed_total{task=\"t\"}")
}

fn next_run(metrics: &Metrics) -> f64 {
    value(metrics, "task_next_run_timestamp_seconds{task=\"t\"}")
}

fn is_planned(metrics: &Metrics) -> bool {
    next_run(metrics) > 0.0
}

/// A task whose runs take so many seconds, one after the other.
fn every(metrics: &Metrics, seconds: &'static [u64]) -> (Schedule, Arc<AtomicU64>) {
    let runs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&runs);
    let schedule = metrics.every("t", PERIOD, move || {
        let nth = counted.fetch_add(1, Ordering::Relaxed);
        let seconds = usize::try_from(nth).ok().and_then(|nth| seconds.get(nth));
        let length = Duration::from_secs(seconds.copied().unwrap_or(0));
        async move {
            sleep(length).await;
        }
    });
    (schedule, runs)
}

#[tokio::test(start_paused = true)]
async fn a_task_runs_at_once_and_then_every_period() {
    let metrics = metrics();
    let (schedule, runs) = every(&metrics, &[]);
    sleep(Duration::from_secs(1)).await;
    for nth in 1..=100 {
        assert_eq!(runs.load(Ordering::Relaxed), nth);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let ahead = next_run(&metrics) - now.expect("it is after 1970").as_secs_f64();
        assert!(ahead <= 10.0, "{ahead}");
        sleep(PERIOD).await;
    }
    assert!(!schedule.is_finished());
    schedule.stop().await;
    let expected = Seen {
        ok: 101,
        durations: 101,
        waits: 101,
        ..Seen::default()
    };
    assert_eq!(seen(&metrics), expected);
    assert_eq!(missed(&metrics), 0);
    assert!(!is_planned(&metrics));
    sleep(PERIOD * 3).await;
    assert_eq!(runs.load(Ordering::Relaxed), 101);
}

// Mutation: `after` counts the run that is due as well; it rounds down.
#[tokio::test(start_paused = true)]
async fn what_falls_due_during_a_run_is_missed_and_the_rhythm_kept() {
    let metrics = metrics();
    // At 0 until 35, misses 10, 20 and 30; at 40 until 50; at 50 until 61, misses 60.
    let start = Instant::now();
    let until = |second| sleep_until(start + Duration::from_secs(second));
    let (schedule, runs) = every(&metrics, &[35, 10, 11]);
    for (second, so_far, left_out) in [(34, 1, 0), (39, 1, 3), (41, 2, 3), (51, 3, 3)] {
        until(second).await;
        assert_eq!(runs.load(Ordering::Relaxed), so_far, "{second}");
        assert_eq!(missed(&metrics), left_out, "{second}");
    }
    until(69).await;
    assert_eq!((runs.load(Ordering::Relaxed), missed(&metrics)), (3, 4));
    until(71).await;
    assert_eq!(runs.load(Ordering::Relaxed), 4);
    schedule.stop().await;
}

// Mutation: the panic of a run isn't caught.
#[tokio::test(start_paused = true)]
async fn runs_that_panic_or_fail_do_not_end_the_schedule() {
    let metrics = metrics();
    let mut nth = 0;
    let schedule = metrics.every("t", PERIOD, move || {
        nth += 1;
        if nth % 3 == 0 {
            // The panic of the closure, not that of its future.
            resume_unwind(Box::new("on purpose"));
        }
        async move {
            match nth % 3 {
                1 => Err("no"),
                2 if nth > 3 => resume_unwind(Box::new("on purpose")),
                _ => Ok(()),
            }
        }
    });
    sleep(PERIOD * 5 + Duration::from_secs(9)).await;
    let expected = Seen {
        ok: 1,
        error: 2,
        panic: 3,
        durations: 6,
        waits: 6,
        ..Seen::default()
    };
    assert_eq!(seen(&metrics), expected);
    assert!(!schedule.is_finished());
    schedule.stop().await;
}

// Mutation: `stop` aborts.
#[tokio::test(start_paused = true)]
async fn a_schedule_stops_when_its_run_has_ended_or_at_once() {
    let metrics = metrics();
    let (schedule, runs) = every(&metrics, &[25]);
    sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    schedule.stop().await;
    assert_eq!(start.elapsed().as_secs(), 24);
    let mut expected = Seen {
        ok: 1,
        durations: 1,
        waits: 1,
        ..Seen::default()
    };
    assert_eq!(seen(&metrics), expected);
    assert!(!is_planned(&metrics));

    // One that waits stops at once; one that was told to before it ran never runs.
    let (schedule, _) = every(&metrics, &[]);
    sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    schedule.stop().await;
    let (unstarted, never) = every(&metrics, &[]);
    unstarted.stop().await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(never.load(Ordering::Relaxed), 0);
    (expected.ok, expected.durations, expected.waits) = (2, 2, 2);
    assert_eq!(seen(&metrics), expected);

    let (schedule, _) = every(&metrics, &[1_000]);
    sleep(Duration::from_secs(1)).await;
    assert!(is_planned(&metrics));
    schedule.abort();
    let finished = timeout(PERIOD, async {
        while !schedule.is_finished() {
            yield_now().await;
        }
    });
    assert!(finished.await.is_ok());
    (expected.cancelled, expected.durations, expected.waits) = (1, 3, 3);
    assert_eq!(seen(&metrics), expected);
    assert!(!is_planned(&metrics));
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_schedule_that_is_dropped_goes_on_and_periods_have_no_limits() {
    let metrics = metrics();
    let (schedule, runs) = every(&metrics, &[]);
    drop(schedule);
    sleep(PERIOD * 2 + Duration::from_secs(1)).await;
    assert_eq!(runs.load(Ordering::Relaxed), 3);
    let never_again = metrics.every("u", Duration::MAX, || async {});
    let always = metrics.every("v", Duration::ZERO, || async {});
    sleep(Duration::from_secs(1)).await;
    never_again.stop().await;
    always.stop().await;
    let once = count(&metrics, "task_runs_total{task=\"u\",outcome=\"ok\"}");
    let often = count(&metrics, "task_runs_total{task=\"v\",outcome=\"ok\"}");
    assert_eq!(once, 1);
    assert!((900..=1_001).contains(&often), "{often}");
}
