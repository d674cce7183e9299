//! Tasks: how long they wait, and how long they are polled for.

use super::TaskMonitor;
use crate::Metrics;
use crate::collect::model::Kind;
use crate::collect::{CollectorError, Own, Readings, Source, double};
use std::fmt;

struct Tasks {
    name: String,
    monitor: TaskMonitor,
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tasks").field(&self.name).finish()
    }
}

impl Source for Tasks {
    fn read(&self, readings: &mut Readings) {
        let total = self.monitor.cumulative();
        let labels = [("task", &*self.name)];
        let mut counter =
            |name, help, value| readings.number(Kind::Counter, name, help, &labels, value);
        counter(
            "tokio_tasks_instrumented_total",
            "Futures that were given to the monitor.",
            double(total.instrumented_count),
        );
        counter(
            "tokio_tasks_dropped_total",
            "Futures of the monitor that have ended or were given up.",
            double(total.dropped_count),
        );
        counter(
            "tokio_task_polls_total",
            "Polls.",
            double(total.total_poll_count),
        );
        counter(
            "tokio_task_poll_seconds_total",
            "Time in polls.",
            total.total_poll_duration.as_secs_f64(),
        );
        counter(
            "tokio_task_slow_polls_total",
            "Polls that took longer than the monitor's limit.",
            double(total.total_slow_poll_count),
        );
        counter(
            "tokio_task_schedules_total",
            "How often a task was woken and has waited to be polled.",
            double(total.total_scheduled_count),
        );
        counter(
            "tokio_task_scheduled_seconds_total",
            "Time from being woken to being polled.",
            total.total_scheduled_duration.as_secs_f64(),
        );
        counter(
            "tokio_task_idle_seconds_total",
            "Time in which tasks waited to be woken.",
            total.total_idle_duration.as_secs_f64(),
        );
        counter(
            "tokio_task_first_poll_delay_seconds_total",
            "Time from being given to the monitor to the first poll.",
            total.total_first_poll_delay.as_secs_f64(),
        );
    }
}

impl Metrics {
    /// A monitor for tasks, which are served under this value of the label `task`:
    /// whether they wait for the runtime or for something else, and for how long they
    /// hold their worker. It is that of the crate `tokio-metrics`, in its defaults: polls
    /// over 50 µs are slow.
    ///
    /// | family | type | what |
    /// |---|---|---|
    /// | `tokio_tasks_instrumented_total` | counter | futures that were given to it |
    /// | `tokio_tasks_dropped_total` | counter | those that have ended or were given up |
    /// | `tokio_task_polls_total` | counter | polls |
    /// | `tokio_task_poll_seconds_total` | counter | time in polls |
    /// | `tokio_task_slow_polls_total` | counter | polls that took longer than the limit |
    /// | `tokio_task_schedules_total` | counter | how often one was woken and waited to be polled |
    /// | `tokio_task_scheduled_seconds_total` | counter | time from being woken to being polled |
    /// | `tokio_task_idle_seconds_total` | counter | time of waiting to be woken |
    /// | `tokio_task_first_poll_delay_seconds_total` | counter | time to the first poll |
    ///
    /// ```
    /// use metrics_runtime::Metrics;
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let metrics = Metrics::builder().build()?;
    ///     let mails = metrics.task_monitor("mail")?;
    ///     tokio::spawn(mails.instrument(async { /* send one */ })).await?;
    ///     assert!(metrics.to_text().contains("\ntokio_task_polls_total{task=\"mail\"} 1\n"));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`CollectorError`] when there is a monitor of this name already, or the name is
    /// over 80 bytes or has control characters.
    pub fn task_monitor(&self, name: &str) -> Result<TaskMonitor, CollectorError> {
        let monitor = TaskMonitor::new();
        let tasks = Tasks {
            name: name.to_owned(),
            monitor: monitor.clone(),
        };
        let own = Own::new(format!("task_monitor {name}"), tasks);
        self.registry().add_source(own)?;
        Ok(monitor)
    }
}
