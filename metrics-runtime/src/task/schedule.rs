//! Tasks that are repeated.

use super::output::Told;
use super::run::{Measured, Run};
use super::series::Series;
use crate::config::recording;
use crate::panic::caught;
use crate::{Counter, Gauge, Metrics};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// The shortest period: tokio's timers know no shorter one.
const SHORTEST: Duration = Duration::from_millis(1);

/// A task that is repeated until it is stopped; made by [`Metrics::every`]. Dropping
/// this lets it go on.
#[derive(Debug)]
#[must_use = "a schedule that is dropped can't be stopped any more"]
pub struct Schedule {
    stop: Arc<Notify>,
    driver: JoinHandle<()>,
}

impl Schedule {
    /// Stops it gracefully: a run that is under way is waited for, and there is no
    /// other.
    pub async fn stop(self) {
        self.stop.notify_one();
        // An error is that of a runtime which is gone, and the schedule with it.
        let _ = self.driver.await;
    }

    /// Stops it at once: a run that is under way is cancelled.
    pub fn abort(&self) {
        self.driver.abort();
    }

    /// Whether it has stopped.
    pub fn is_finished(&self) -> bool {
        self.driver.is_finished()
    }
}

impl Metrics {
    /// Runs a task now and then every `period`, on the current runtime of tokio, and
    /// records its runs as [`spawn`](Self::spawn) does.
    ///
    /// One run follows another; what falls due while one is under way is left out, and
    /// the next run is at the next multiple of the period. A run that panics is recorded
    /// and doesn't end the schedule. A period below a millisecond is one.
    ///
    /// | family | labels | what |
    /// |---|---|---|
    /// | those of [`spawn`](Self::spawn) | `task` | its runs; `task_wait_seconds` is how late they start |
    /// | `task_ticks_missed_total` | `task` | runs that were left out |
    /// | `task_next_run_timestamp_seconds` | `task` | when it runs next, zero when it has stopped |
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let schedule = metrics.every("clean_up", Duration::from_mins(1), || async {
    ///     Ok::<_, std::io::Error>(())
    /// });
    /// tokio::time::sleep(Duration::from_secs(90)).await;
    /// schedule.stop().await;
    /// let page = metrics.to_text();
    /// assert!(page.contains(r#"task_runs_total{task="clean_up",outcome="ok"} 2"#));
    /// assert!(page.contains(r#"task_ticks_missed_total{task="clean_up"} 0"#));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Outside of a runtime, as `tokio::spawn` does, or in one without timers.
    #[track_caller]
    pub fn every<F, R>(&self, name: &str, period: Duration, task: F) -> Schedule
    where
        F: FnMut() -> R + Send + 'static,
        R: Future + Send + 'static,
        fn() -> R::Output: Told<R::Output>,
    {
        let runtime = Handle::current();
        let stop = Arc::new(Notify::new());
        let series = Series::of(self, name);
        let driver = drive(
            series,
            Plan::new(series, name),
            period,
            task,
            Arc::clone(&stop),
        );
        Schedule {
            stop,
            driver: runtime.spawn(driver),
        }
    }
}

/// Runs the task until it is told to stop.
async fn drive<F, R>(series: Series, plan: Plan, period: Duration, mut task: F, stop: Arc<Notify>)
where
    F: FnMut() -> R,
    R: Future,
    fn() -> R::Output: Told<R::Output>,
{
    let period = period.max(SHORTEST);
    let mut stopped = pin!(stop.notified());
    let mut due = Instant::now();
    loop {
        plan.next_at(due);
        let mut timer = pin!(sleep_until(due));
        let is_stopped = poll_fn(|context| match stopped.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending => timer.as_mut().poll(context).map(|()| false),
        });
        if is_stopped.await {
            return;
        }
        let run = recording().then(|| {
            series.wait.observe_duration(due.elapsed());
            Run::due(series)
        });
        // The closure is called within: its panic is one of the run.
        let mut run = pin!(Measured::new(async { task().await }, run));
        poll_fn(|context| match caught(|| run.as_mut().poll(context)) {
            Some(polled) => polled.map(drop),
            None => Poll::Ready(()),
        })
        .await;
        let Some(next) = plan.after(due, period) else {
            return stopped.await;
        };
        due = next;
    }
}

/// What a schedule tells beside its runs.
struct Plan {
    missed: Counter,
    next_run: Gauge,
}

impl Plan {
    fn new(series: Series, name: &str) -> Self {
        let (missed, next_run) = series.families.scheduled(name);
        Self { missed, next_run }
    }

    /// Says when the next run is.
    fn next_at(&self, due: Instant) {
        if recording() {
            let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            let wait = due.saturating_duration_since(Instant::now());
            // Before 1970 there is no time to tell.
            let time = time.unwrap_or_default().saturating_add(wait);
            self.next_run.set(time.as_secs_f64());
        }
    }

    /// The next multiple of the period that isn't over, those that are counted; `None`
    /// if that is further away than time goes.
    fn after(&self, due: Instant, period: Duration) -> Option<Instant> {
        let late = due.elapsed().as_nanos();
        let period = period.as_nanos();
        // A run may end right when the next one is due.
        let periods = late.div_ceil(period).max(1);
        if recording() {
            let missed = u64::try_from(periods - 1).unwrap_or(u64::MAX);
            self.missed.inc_by(missed);
        }
        let ahead = u64::try_from(periods.checked_mul(period)?).ok()?;
        due.checked_add(Duration::from_nanos(ahead))
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        self.next_run.set(0.0);
    }
}
