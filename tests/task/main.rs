//! Tasks that are spawned and repeated: what is recorded is what became of them.

use integration_tests::page::Page;
use metrics_runtime::{Metrics, Registry, Schedule};
use std::collections::BTreeMap;
use std::future::pending;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// The toolkit on a registry of the test's own.
fn metrics() -> Metrics {
    // A test has few registries, and they are static by their nature.
    let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
    let metrics = Metrics::builder().registry(registry).build();
    metrics.expect("nothing of the environment is wrong")
}

/// The value of a sample, zero if it isn't there.
fn value(metrics: &Metrics, sample: &str) -> f64 {
    let page = metrics.to_text();
    Page::parse(page.as_bytes()).expect("the page is valid");
    let mut lines = page.lines();
    let found = lines.find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    found.map_or(0.0, |value| value.parse().expect("it is a number"))
}

/// The value of a counter or of a gauge that counts.
fn count(metrics: &Metrics, sample: &str) -> u64 {
    format!("{:.0}", value(metrics, sample))
        .parse()
        .expect("it is a count")
}

/// What the page says of the task `t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    ok: u64,
    error: u64,
    panic: u64,
    cancelled: u64,
    durations: u64,
    waits: u64,
    running: u64,
    queued: u64,
}

fn seen(metrics: &Metrics) -> Seen {
    let runs = |outcome| {
        let sample = format!("task_runs_total{{task=\"t\",outcome=\"{outcome}\"}}");
        count(metrics, &sample)
    };
    let duration = |outcome| {
        let sample = format!("task_duration_seconds_count{{task=\"t\",outcome=\"{outcome}\"}}");
        count(metrics, &sample)
    };
    Seen {
        ok: runs("ok"),
        error: runs("error"),
        panic: runs("panic"),
        cancelled: runs("cancelled"),
        durations: ["ok", "error", "panic", "cancelled"]
            .map(duration)
            .iter()
            .sum(),
        waits: count(metrics, "task_wait_seconds_count{task=\"t\"}"),
        running: count(metrics, "tasks_in_progress{task=\"t\"}"),
        queued: count(metrics, "tasks_queued{task=\"t\"}"),
    }
}

#[tokio::test]
async fn a_task_is_queued_runs_and_ends() {
    let metrics = metrics();
    let (go, gone) = oneshot::channel::<()>();
    let task = metrics.spawn("t", async move {
        gone.await.expect("it is told to go on");
        7
    });
    let mut expected = Seen {
        queued: 1,
        ..Seen::default()
    };
    assert_eq!(seen(&metrics), expected);
    yield_now().await;
    (expected.queued, expected.running, expected.waits) = (0, 1, 1);
    assert_eq!(seen(&metrics), expected);
    go.send(()).expect("it waits");
    assert_eq!(task.await.expect("it goes well"), 7);
    (expected.running, expected.ok, expected.durations) = (0, 1, 1);
    assert_eq!(seen(&metrics), expected);
    let success = value(&metrics, "task_last_success_timestamp_seconds{task=\"t\"}");
    assert!(success > 1e9, "{success}");
}

// F6, F7. Mutations: `Run` doesn't end when it is dropped; `is_polled` stays true; a
// queued run is not counted when it ends.
#[tokio::test]
async fn errors_panics_and_cancellations_are_told_apart() {
    let metrics = metrics();
    let failed = metrics.spawn("t", async { Err::<(), _>("no") });
    assert_eq!(failed.await.expect("it ends"), Err("no"));
    let panicked = metrics.spawn("t", async {
        yield_now().await;
        resume_unwind(Box::new("on purpose"))
    });
    let _: &tokio::task::JoinHandle<()> = &panicked;
    let error = panicked.await.expect_err("it panics");
    let payload = error.into_panic();
    assert_eq!(payload.downcast_ref(), Some(&"on purpose"));
    let expected = Seen {
        error: 1,
        panic: 1,
        durations: 2,
        waits: 2,
        ..Seen::default()
    };
    assert_eq!(seen(&metrics), expected);

    let aborted = metrics.spawn("t", pending::<()>());
    yield_now().await;
    aborted.abort();
    assert!(aborted.await.expect_err("it is aborted").is_cancelled());
    let expected = Seen {
        cancelled: 1,
        durations: 3,
        waits: 3,
        ..expected
    };
    assert_eq!(seen(&metrics), expected);
    // Before its first poll, it has neither waited nor run for any time.
    let aborted = metrics.spawn("t", pending::<()>());
    aborted.abort();
    assert!(aborted.await.expect_err("it is aborted").is_cancelled());
    let expected = Seen {
        cancelled: 2,
        ..expected
    };
    assert_eq!(seen(&metrics), expected);
}

fn runtime() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be made")
}

// F7.
#[test]
fn a_runtime_that_is_dropped_cancels_its_tasks() {
    let metrics = metrics();
    let runtime = runtime();
    runtime.block_on(async {
        let started = (0..10).map(|_| metrics.spawn("t", pending::<()>()));
        let started: Vec<_> = started.collect();
        yield_now().await;
        drop(started);
        for _ in 0..5 {
            metrics.spawn("t", pending::<()>());
        }
    });
    let before = seen(&metrics);
    assert_eq!(before.running + before.queued, 15);
    drop(runtime);
    let after = seen(&metrics);
    let expected = Seen {
        cancelled: 15,
        durations: before.running,
        waits: before.running,
        ..Seen::default()
    };
    assert_eq!(after, expected);
}

#[test]
fn nothing_is_counted_outside_of_a_runtime() {
    let metrics = metrics();
    let spawned = std::panic::catch_unwind(|| drop(metrics.spawn("t", pending::<()>())));
    assert!(spawned.is_err());
    assert_eq!(seen(&metrics), Seen::default());
}

// Mutation: names are constant label values, to which no cap applies.
#[tokio::test]
async fn names_beyond_the_cap_share_a_series() {
    let metrics = metrics();
    for nth in 0..2_100 {
        let task = metrics.spawn(&format!("task-{nth}"), async {});
        task.await.expect("it goes well");
    }
    let page = metrics.to_text();
    let runs = page
        .lines()
        .filter(|line| line.starts_with("task_runs_total{"));
    let mut counts = BTreeMap::<bool, u64>::new();
    for line in runs {
        let (labels, value) = line.rsplit_once(' ').expect("a sample has a value");
        let value: u64 = value.parse().expect("it is a number");
        *counts.entry(labels.contains("__overflow__")).or_default() += value;
    }
    assert_eq!(counts, BTreeMap::from([(false, 2_000), (true, 100)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_is_counted_exactly() {
    let metrics = metrics();
    let many = 2_000;
    let mut expected = Seen::default();
    let mut tasks = Vec::new();
    for nth in 0..many {
        let task = metrics.spawn("t", async move {
            for _ in 0..nth % 5 {
                yield_now().await;
            }
            match nth % 4 {
                0 => Ok(()),
                1 => Err("no"),
                2 => resume_unwind(Box::new("on purpose")),
                _ => pending().await,
            }
        });
        tasks.push(task);
        let counted = [
            &mut expected.ok,
            &mut expected.error,
            &mut expected.panic,
            &mut expected.cancelled,
        ];
        *counted[nth % 4] += 1;
    }
    for (nth, task) in tasks.into_iter().enumerate() {
        if nth % 4 == 3 {
            task.abort();
        }
        let _ = task.await;
    }
    let found = seen(&metrics);
    // Of those that are aborted, some have run before.
    (expected.durations, expected.waits) = (found.durations, found.waits);
    assert_eq!(found, expected);
    assert_eq!(found.durations, found.waits);
}

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
