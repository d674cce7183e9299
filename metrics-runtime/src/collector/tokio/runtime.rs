//! A runtime: its workers, tasks and queues.

use super::unstable;
use crate::collect::model::Kind;
use crate::collect::{CollectorError, Own, Readings, Source, double};
use crate::{Metrics, MetricsBuilder};
use ::tokio::runtime::Handle;

#[derive(Debug)]
struct Runtime {
    name: String,
    handle: Handle,
}

/// A runtime as a source.
fn source(name: &str, handle: &Handle) -> Own {
    let runtime = Runtime {
        name: name.to_owned(),
        handle: handle.clone(),
    };
    Own::new(format!("tokio_runtime {name}"), runtime)
}

impl Source for Runtime {
    fn read(&self, readings: &mut Readings) {
        let metrics = self.handle.metrics();
        let labels = [("runtime", &*self.name)];
        let number = |number: usize| double(number as u64);
        let mut gauge =
            |name, help, value| readings.number(Kind::Gauge, name, help, &labels, value);
        gauge(
            "tokio_workers",
            "Threads that run tasks.",
            number(metrics.num_workers()),
        );
        gauge(
            "tokio_alive_tasks",
            "Tasks that haven't ended.",
            number(metrics.num_alive_tasks()),
        );
        gauge(
            "tokio_global_queue_depth",
            "Tasks in the queue that the workers share.",
            number(metrics.global_queue_depth()),
        );
        for worker in 0..metrics.num_workers() {
            let name = worker.to_string();
            let labels = [("runtime", &*self.name), ("worker", &*name)];
            readings.number(
                Kind::Counter,
                "tokio_worker_busy_seconds_total",
                "Time that the worker was busy.",
                &labels,
                metrics.worker_total_busy_duration(worker).as_secs_f64(),
            );
            readings.number(
                Kind::Counter,
                "tokio_worker_parks_total",
                "How often the worker went to sleep, having nothing to do.",
                &labels,
                double(metrics.worker_park_count(worker)),
            );
        }
        unstable::read(&metrics, &self.name, readings);
    }
}

impl Metrics {
    /// Serves what a runtime of tokio does, under this value of the label `runtime`.
    ///
    /// | family | type | labels | what |
    /// |---|---|---|---|
    /// | `tokio_workers` | gauge | `runtime` | threads that run tasks |
    /// | `tokio_alive_tasks` | gauge | `runtime` | tasks that haven't ended |
    /// | `tokio_global_queue_depth` | gauge | `runtime` | tasks in the queue that workers share |
    /// | `tokio_worker_busy_seconds_total` | counter | `runtime`, `worker` | time that the worker was busy |
    /// | `tokio_worker_parks_total` | counter | `runtime`, `worker` | how often it went to sleep |
    ///
    /// tokio tells the rest in a program that is built with
    /// `RUSTFLAGS="--cfg tokio_unstable"`, and only there is it served:
    ///
    /// | family | type | labels | what |
    /// |---|---|---|---|
    /// | `tokio_blocking_threads` | gauge | `runtime` | threads for blocking calls |
    /// | `tokio_idle_blocking_threads` | gauge | `runtime` | those that have no call to run |
    /// | `tokio_blocking_queue_depth` | gauge | `runtime` | blocking calls that wait for a thread |
    /// | `tokio_spawned_tasks_total` | counter | `runtime` | tasks that were spawned |
    /// | `tokio_remote_schedules_total` | counter | `runtime` | tasks scheduled from outside |
    /// | `tokio_forced_yields_total` | counter | `runtime` | tasks that had used up their budget |
    /// | `tokio_worker_local_queue_depth` | gauge | `runtime`, `worker` | tasks in the worker's queue |
    /// | `tokio_worker_mean_poll_seconds` | gauge | `runtime`, `worker` | mean duration of its last polls |
    /// | `tokio_worker_polls_total` | counter | `runtime`, `worker` | polls of tasks |
    /// | `tokio_worker_steals_total` | counter | `runtime`, `worker` | tasks stolen from others |
    /// | `tokio_worker_steal_operations_total` | counter | `runtime`, `worker` | how often it has stolen |
    /// | `tokio_worker_noops_total` | counter | `runtime`, `worker` | how often it woke for nothing |
    /// | `tokio_worker_local_schedules_total` | counter | `runtime`, `worker` | tasks scheduled by itself |
    /// | `tokio_worker_overflows_total` | counter | `runtime`, `worker` | how often its queue was full |
    /// | `tokio_poll_duration_seconds` | histogram | `runtime` | durations of polls, if the runtime is built with `enable_metrics_poll_time_histogram`; the sum is the time that workers were busy |
    ///
    /// They have neither a namespace nor constant labels. A runtime that has ended is
    /// served as it was at its end.
    ///
    /// ```
    /// use metrics_runtime::Metrics;
    ///
    /// #[tokio::main(worker_threads = 3)]
    /// async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let metrics = Metrics::builder().build()?;
    ///     metrics.tokio_runtime("main", &tokio::runtime::Handle::current())?;
    ///     assert!(metrics.to_text().contains("\ntokio_workers{runtime=\"main\"} 3\n"));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`CollectorError`] when a runtime of this name is served already, or the name is
    /// over 80 bytes or has control characters.
    pub fn tokio_runtime(&self, name: &str, handle: &Handle) -> Result<(), CollectorError> {
        self.registry().add_source(source(name, handle))
    }
}

impl MetricsBuilder {
    /// Serves what a runtime of tokio does, as [`Metrics::tokio_runtime`] does.
    pub fn tokio_runtime(mut self, name: &str, handle: &Handle) -> Self {
        self.sources.push(source(name, handle));
        self
    }
}
