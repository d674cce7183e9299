//! Tasks that are spawned.

use super::output::Told;
use super::run::{Measured, Run};
use super::series::Series;
use crate::Metrics;
use crate::config::recording;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

impl Metrics {
    /// Spawns a task on the current runtime of tokio and records it under a name: what
    /// [`#[track_task]`](macro@crate::track_task) records, and how long it has waited.
    ///
    /// | family | labels | what |
    /// |---|---|---|
    /// | `task_runs_total` | `task`, `outcome` | tasks that have ended |
    /// | `task_duration_seconds` | `task`, `outcome` | from the first poll to the end |
    /// | `tasks_in_progress` | `task` | tasks between the two |
    /// | `task_last_success_timestamp_seconds` | `task` | when one last went well |
    /// | `task_wait_seconds` | `task` | from the call of `spawn` to the first poll |
    /// | `tasks_queued` | `task` | tasks that wait for their first poll |
    ///
    /// | the task… | `outcome` | counted | duration | wait |
    /// |---|---|---|---|---|
    /// | returns anything but `Err` ([`TaskOutput`](crate::TaskOutput)) | `ok` | +1 | observed | observed |
    /// | returns `Err` | `error` | +1 | observed | observed |
    /// | panics | `panic` | +1 | observed | observed |
    /// | is aborted, or its runtime is dropped | `cancelled` | +1 | observed | observed |
    /// | the same before its first poll | `cancelled` | +1 | – | – |
    ///
    /// The handle is tokio's own: it gives what the task gives, and its panic. `name` is
    /// the value of a label, so it must be one of few; past 2,000 of them tasks share
    /// one series.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let task = metrics.spawn("send_mail", async { Err::<(), _>("no route") });
    /// assert!(metrics.to_text().contains(r#"tasks_queued{task="send_mail"} 1"#));
    /// assert_eq!(task.await?, Err("no route"));
    ///
    /// let page = metrics.to_text();
    /// assert!(page.contains(r#"task_runs_total{task="send_mail",outcome="error"} 1"#));
    /// assert!(page.contains(r#"task_wait_seconds_count{task="send_mail"} 1"#));
    /// assert!(page.contains(r#"tasks_queued{task="send_mail"} 0"#));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Outside of a runtime, as `tokio::spawn` does.
    #[track_caller]
    pub fn spawn<F>(&self, name: &str, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
        fn() -> F::Output: Told<F::Output>,
    {
        // First of all: what can't be spawned isn't counted.
        let runtime = Handle::current();
        let run = recording().then(|| Run::queued(Series::of(self, name)));
        runtime.spawn(Measured::new(future, run))
    }
}
