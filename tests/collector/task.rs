//! Monitors of tasks.

use crate::{built, expect, value};
use metrics_runtime::{CollectorError, Registry};
use std::future::pending;
use tokio::task::yield_now;

static TASKS: Registry = Registry::new();

// Mutation: two of the counters are exchanged.
#[test]
fn polls_and_ends_of_tasks_are_counted() {
    let metrics = built(&TASKS);
    let runtime = tokio::runtime::Builder::new_multi_thread().build();
    let runtime = runtime.expect("there are threads");
    let monitor = metrics.task_monitor("mail").expect("the name is free");
    let other = metrics.task_monitor("idle").expect("the name is free");
    let taken = metrics.task_monitor("mail").map(drop);
    assert!(matches!(taken, Err(CollectorError::Taken { .. })));
    let mail = [("task", "mail")];
    runtime.block_on(async {
        for _ in 0..10 {
            let task = monitor.instrument(async {
                yield_now().await;
                yield_now().await;
            });
            tokio::spawn(task).await.expect("it doesn't panic");
        }
    });
    expect(metrics, "tokio_tasks_instrumented_total", &mail, 10.0);
    expect(metrics, "tokio_tasks_dropped_total", &mail, 10.0);
    expect(metrics, "tokio_task_polls_total", &mail, 30.0);
    expect(metrics, "tokio_task_schedules_total", &mail, 20.0);
    assert!(value(metrics, "tokio_task_poll_seconds_total", &mail) > 0.0);
    let given_up = runtime.spawn(other.instrument(pending::<()>()));
    let idle = [("task", "idle")];
    expect(metrics, "tokio_task_polls_total", &idle, 1.0);
    expect(metrics, "tokio_tasks_dropped_total", &idle, 0.0);
    given_up.abort();
    expect(metrics, "tokio_tasks_dropped_total", &idle, 1.0);
}
