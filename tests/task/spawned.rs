//! Tasks that are spawned.

use std::collections::BTreeMap;
use std::future::pending;
use std::panic::resume_unwind;
use std::time::Duration;

use metrics_runtime::{Metrics, TaskOutput};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::timeout;

use crate::page::{Seen, metrics, seen, value};

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

async fn consume() -> ! {
    pending().await
}

/// An output of one's own, which must not meet `!`, and a function that passes any on.
struct Own;

impl TaskOutput for Own {}

fn pass<F>(metrics: &Metrics, future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: TaskOutput + Send> + Send + 'static,
{
    metrics.spawn("own", future)
}

// F6, F7. It compiles because `!`, the type of blocks that never end, is told apart.
// Mutation: without `Told` for `fn() -> !` it doesn't.
#[tokio::test]
async fn a_loop_that_never_ends_is_a_task() {
    let metrics = metrics();
    let worker = metrics.spawn("t", async {
        loop {
            yield_now().await;
        }
    });
    // So is a function that says it, and the loop of a schedule.
    let consumer = metrics.spawn("t", consume());
    let schedule = metrics.every("t", Duration::from_secs(1), || async {
        loop {
            yield_now().await;
        }
    });
    let all = timeout(Duration::from_mins(1), async {
        while seen(&metrics).running < 3 {
            yield_now().await;
        }
    });
    assert!(all.await.is_ok());
    worker.abort();
    assert!(worker.await.expect_err("it is aborted").is_cancelled());
    consumer.abort();
    assert!(consumer.await.expect_err("it is aborted").is_cancelled());
    schedule.abort();
    let stopped = timeout(Duration::from_mins(1), schedule.stop());
    assert!(stopped.await.is_ok());
    assert!(pass(&metrics, async { Own }).await.is_ok());
    let failed = metrics.spawn("t", async { resume_unwind(Box::new("on purpose")) });
    assert!(failed.await.expect_err("it panics").is_panic());
    let expected = Seen {
        cancelled: 3,
        panic: 1,
        durations: 4,
        waits: 4,
        ..Seen::default()
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
