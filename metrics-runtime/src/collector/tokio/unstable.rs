//! What only tokio's unstable interface tells.

use crate::collect::model::{Kind, Value};
use crate::collect::{Readings, double};
use ::tokio::runtime::RuntimeMetrics;
use std::time::Duration;

/// Adds what is counted for the runtime as a whole and for each of its workers.
pub(super) fn read(metrics: &RuntimeMetrics, runtime: &str, readings: &mut Readings) {
    let labels = [("runtime", runtime)];
    let number = |number: usize| double(number as u64);
    let mut gauge = |name, help, value| readings.number(Kind::Gauge, name, help, &labels, value);
    gauge(
        "tokio_blocking_threads",
        "Threads for blocking calls.",
        number(metrics.num_blocking_threads()),
    );
    gauge(
        "tokio_idle_blocking_threads",
        "Threads for blocking calls that have none to run.",
        number(metrics.num_idle_blocking_threads()),
    );
    gauge(
        "tokio_blocking_queue_depth",
        "Blocking calls that wait for a thread.",
        number(metrics.blocking_queue_depth()),
    );
    let mut counter =
        |name, help, value: u64| readings.number(Kind::Counter, name, help, &labels, double(value));
    counter(
        "tokio_spawned_tasks_total",
        "Tasks that were spawned.",
        metrics.spawned_tasks_count(),
    );
    counter(
        "tokio_remote_schedules_total",
        "Tasks that were scheduled from outside of the runtime.",
        metrics.remote_schedule_count(),
    );
    counter(
        "tokio_forced_yields_total",
        "Tasks that were made to yield, having used up their budget.",
        metrics.budget_forced_yield_count(),
    );
    for worker in 0..metrics.num_workers() {
        of_worker(metrics, runtime, worker, readings);
    }
    if metrics.poll_time_histogram_enabled() {
        let help = "Durations of polls, whose sum is the time that the workers were busy.";
        let (name, value) = ("tokio_poll_duration_seconds", polls(metrics));
        readings.add(Kind::Histogram, name, help, &labels, value);
    }
}

fn of_worker(metrics: &RuntimeMetrics, runtime: &str, worker: usize, readings: &mut Readings) {
    let name = worker.to_string();
    let labels = [("runtime", runtime), ("worker", &name)];
    readings.number(
        Kind::Gauge,
        "tokio_worker_local_queue_depth",
        "Tasks in the worker's own queue.",
        &labels,
        double(metrics.worker_local_queue_depth(worker) as u64),
    );
    readings.number(
        Kind::Gauge,
        "tokio_worker_mean_poll_seconds",
        "Mean duration of the worker's polls, weighted towards the last ones.",
        &labels,
        metrics.worker_mean_poll_time(worker).as_secs_f64(),
    );
    let mut counter =
        |name, help, value: u64| readings.number(Kind::Counter, name, help, &labels, double(value));
    counter(
        "tokio_worker_polls_total",
        "Polls of tasks by the worker.",
        metrics.worker_poll_count(worker),
    );
    counter(
        "tokio_worker_steals_total",
        "Tasks that the worker has stolen from others.",
        metrics.worker_steal_count(worker),
    );
    counter(
        "tokio_worker_steal_operations_total",
        "How often the worker has stolen tasks.",
        metrics.worker_steal_operations(worker),
    );
    counter(
        "tokio_worker_noops_total",
        "How often the worker was unparked and found nothing to do.",
        metrics.worker_noop_count(worker),
    );
    counter(
        "tokio_worker_local_schedules_total",
        "Tasks that were scheduled from the worker itself.",
        metrics.worker_local_schedule_count(worker),
    );
    counter(
        "tokio_worker_overflows_total",
        "How often the worker's own queue was full.",
        metrics.worker_overflow_count(worker),
    );
}

/// The durations of polls by all workers.
fn polls(metrics: &RuntimeMetrics) -> Value {
    let workers = 0..metrics.num_workers();
    let mut count = 0;
    let buckets = 0..metrics.poll_time_histogram_num_buckets();
    let buckets = buckets.map(|bucket| {
        let of_worker = |worker| metrics.poll_time_histogram_bucket_count(worker, bucket);
        count += workers.clone().map(of_worker).sum::<u64>();
        let bound = metrics.poll_time_histogram_bucket_range(bucket).end;
        (bound.as_secs_f64(), count)
    });
    let mut buckets: Vec<(f64, u64)> = buckets.collect();
    // The last one has no end: it is the one up to infinity.
    buckets.pop();
    let busy = workers.map(|worker| metrics.worker_total_busy_duration(worker));
    Value::Histogram {
        buckets,
        sum: busy.sum::<Duration>().as_secs_f64(),
        count,
    }
}
