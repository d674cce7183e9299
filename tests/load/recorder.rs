//! A thread that records without a pause, and knows what it costs.

use metrics_runtime::{Counter, DEFAULT_BUCKETS, Histogram, Registry};
use rustix::time::{ClockId, clock_gettime};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The families that it records into, one recording into both.
pub(crate) const COUNTER: &str = "load_recordings_total";
pub(crate) const HISTOGRAM: &str = "load_recorded_seconds";

/// Recordings between two looks at the clock.
const BATCH: u32 = 10_000;

/// Recordings, and the processor's time that they took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    pub(crate) recordings: u64,
    pub(crate) time: Duration,
}

impl Work {
    /// What was done after `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            recordings: self.recordings - before.recordings,
            time: self.time.saturating_sub(before.time),
        }
    }

    /// Nanoseconds for each.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub(crate) fn cost(self) -> f64 {
        self.time.as_nanos() as f64 / self.recordings as f64
    }
}

/// The thread.
pub(crate) struct Recorder {
    work: Arc<Mutex<Work>>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Recorder {
    pub(crate) fn start(registry: &Registry) -> Self {
        let counters = registry.counter_family(COUNTER, "Recordings.", ["kind"]);
        let counters = counters.expect("the name is valid");
        let histograms =
            registry.histogram_family(HISTOGRAM, "Recordings.", ["kind"], DEFAULT_BUCKETS);
        let histograms = histograms.expect("the name is valid");
        let series: Vec<(Counter, Histogram)> = (0..16)
            .map(|kind| kind.to_string())
            .map(|kind| (counters.with([&kind]), histograms.with([&kind])))
            .collect();
        let (work, stop): (Arc<Mutex<Work>>, Arc<AtomicBool>) = Default::default();
        let (done, stopped) = (Arc::clone(&work), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let begun = thread_time();
                for (number, (counter, histogram)) in (0..BATCH).zip(series.iter().cycle()) {
                    counter.inc();
                    histogram.observe(f64::from(number % 100) * 0.05);
                }
                let took = thread_time().saturating_sub(begun);
                let mut work = done.lock().unwrap_or_else(PoisonError::into_inner);
                work.recordings += u64::from(BATCH);
                work.time += took;
            }
        });
        Self { work, stop, thread }
    }

    /// What was done so far.
    pub(crate) fn work(&self) -> Work {
        *self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it, and gives what was done in all.
    pub(crate) fn stop(self) -> Work {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("recording doesn't panic");
        *self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The processor's time of the calling thread.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).expect("time is positive");
    let nanoseconds = u32::try_from(time.tv_nsec).expect("they are less than a second");
    Duration::new(seconds, nanoseconds)
}
