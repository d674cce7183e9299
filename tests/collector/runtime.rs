//! Runtimes of tokio with known workers, tasks and queues.

use crate::{built, expect, page, value};
use metrics_runtime::{CollectorError, Metrics, Registry};
use std::sync::mpsc::channel;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

fn runtime(workers: usize) -> Runtime {
    let built = Builder::new_multi_thread().worker_threads(workers).build();
    built.expect("there are threads")
}

static TASKS: Registry = Registry::new();

// Mutations: all runtimes have one name; there is one worker for each.
#[test]
fn workers_and_tasks_are_counted_for_each_runtime() {
    let metrics = built(&TASKS);
    let (many, few) = (runtime(3), Builder::new_current_thread().build());
    let few = few.expect("it needs no thread");
    for (name, runtime) in [("many", &many), ("few", &few)] {
        let added = metrics.tokio_runtime(name, runtime.handle());
        added.expect("the name is free");
    }
    let of = |runtime| [("runtime", runtime)];
    expect(metrics, "tokio_workers", &of("many"), 3.0);
    expect(metrics, "tokio_workers", &of("few"), 1.0);
    // Closed, it lets everyone go.
    let end: &Semaphore = Box::leak(Box::new(Semaphore::const_new(0)));
    for _ in 0..5 {
        many.spawn(end.acquire());
    }
    expect(metrics, "tokio_alive_tasks", &of("many"), 5.0);
    expect(metrics, "tokio_alive_tasks", &of("few"), 0.0);
    end.close();
    expect(metrics, "tokio_alive_tasks", &of("many"), 0.0);
    let workers = page(metrics);
    let mut workers: Vec<_> = workers
        .samples()
        .filter(|sample| sample.name == "tokio_worker_parks_total")
        .map(|sample| {
            (
                sample.labels["runtime"].clone(),
                sample.labels["worker"].clone(),
            )
        })
        .collect();
    workers.sort_unstable();
    let expected = [("few", "0"), ("many", "0"), ("many", "1"), ("many", "2")];
    let expected = expected.map(|(runtime, worker)| (runtime.to_owned(), worker.to_owned()));
    assert_eq!(workers, expected);
}

static QUEUE: Registry = Registry::new();

// Mutation: the queue is the number of workers.
#[test]
fn tasks_that_wait_for_the_only_worker_are_in_the_queue() {
    let runtime = runtime(1);
    let builder = Metrics::builder().registry(&QUEUE);
    let metrics = builder.tokio_runtime("main", runtime.handle()).build();
    let metrics = metrics.expect("the set-up is valid");
    let labels = [("runtime", "main")];
    let (end, wait) = channel::<()>();
    let (runs, running) = channel::<()>();
    let blocked = runtime.spawn(async move {
        runs.send(()).expect("the test listens");
        // Holds the worker.
        let _ = wait.recv();
    });
    running.recv().expect("it runs");
    let waiting: Vec<_> = (0..4).map(|_| runtime.spawn(async {})).collect();
    expect(metrics, "tokio_global_queue_depth", &labels, 4.0);
    expect(metrics, "tokio_alive_tasks", &labels, 5.0);
    drop(end);
    runtime.block_on(async {
        for task in waiting.into_iter().chain([blocked]) {
            task.await.expect("it doesn't panic");
        }
    });
    expect(metrics, "tokio_global_queue_depth", &labels, 0.0);
    expect(metrics, "tokio_alive_tasks", &labels, 0.0);
    let labels = [("runtime", "main"), ("worker", "0")];
    assert!(value(metrics, "tokio_worker_busy_seconds_total", &labels) > 0.0);
    assert!(value(metrics, "tokio_worker_parks_total", &labels) >= 1.0);
}

static NAMES: Registry = Registry::new();

// Mutation: a name may be taken twice, which would repeat series.
#[test]
fn a_runtime_has_a_name_of_its_own_and_outlives_its_end_on_the_page() {
    let metrics = built(&NAMES);
    let runtime = runtime(2);
    let add = |name| metrics.tokio_runtime(name, runtime.handle());
    assert_eq!(add("main"), Ok(()));
    assert!(matches!(add("main"), Err(CollectorError::Taken { .. })));
    assert!(matches!(add("a\nb"), Err(CollectorError::Name { .. })));
    let again = Metrics::builder().registry(&NAMES);
    let again = again.tokio_runtime("main", runtime.handle()).build();
    assert!(again.is_err_and(|error| error.to_string().contains("main")));
    drop(runtime);
    let labels = [("runtime", "main")];
    expect(metrics, "tokio_workers", &labels, 2.0);
    expect(metrics, "tokio_alive_tasks", &labels, 0.0);
}

#[cfg(not(tokio_unstable))]
static STABLE: Registry = Registry::new();

/// What is told without tokio's unstable interface.
#[cfg(not(tokio_unstable))]
#[test]
fn without_the_unstable_interface_the_rest_is_absent() {
    let metrics = built(&STABLE);
    let runtime = runtime(1);
    let added = metrics.tokio_runtime("main", runtime.handle());
    added.expect("the name is free");
    let page = page(metrics);
    let names = page.families().map(|family| &*family.name);
    let names: Vec<_> = names.filter(|name| name.starts_with("tokio_")).collect();
    let expected = [
        "tokio_alive_tasks",
        "tokio_global_queue_depth",
        "tokio_worker_busy_seconds_total",
        "tokio_worker_parks_total",
        "tokio_workers",
    ];
    assert_eq!(names, expected);
}

#[cfg(tokio_unstable)]
static UNSTABLE: Registry = Registry::new();

/// What is told with it: run these tests with `RUSTFLAGS="--cfg tokio_unstable"`.
#[cfg(tokio_unstable)]
#[test]
fn with_the_unstable_interface_blocking_calls_and_polls_are_known() {
    let metrics = built(&UNSTABLE);
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(2)
        .enable_metrics_poll_time_histogram()
        .build()
        .expect("there are threads");
    let added = metrics.tokio_runtime("main", runtime.handle());
    added.expect("the name is free");
    let labels = [("runtime", "main")];
    let calls = (0..5).map(|_| {
        let (end, wait) = channel::<()>();
        (end, runtime.spawn_blocking(move || wait.recv()))
    });
    let (ends, calls): (Vec<_>, Vec<_>) = calls.unzip();
    expect(metrics, "tokio_blocking_threads", &labels, 2.0);
    expect(metrics, "tokio_blocking_queue_depth", &labels, 3.0);
    expect(metrics, "tokio_idle_blocking_threads", &labels, 0.0);
    drop(ends);
    let tasks: Vec<_> = (0..7).map(|_| runtime.spawn(async {})).collect();
    runtime.block_on(async {
        for task in tasks {
            task.await.expect("it doesn't panic");
        }
        for call in calls {
            let _ = call.await.expect("it doesn't panic");
        }
    });
    expect(metrics, "tokio_idle_blocking_threads", &labels, 2.0);
    expect(metrics, "tokio_blocking_queue_depth", &labels, 0.0);
    expect(metrics, "tokio_poll_duration_seconds_count", &labels, 7.0);
    expect(metrics, "tokio_spawned_tasks_total", &labels, 7.0);
    let polls = page(metrics).sum("tokio_worker_polls_total", &labels);
    assert_eq!(polls, Some(7.0));
}
