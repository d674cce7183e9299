//! The thread that samples.

use super::book::{Book, MOST_COLUMNS, families};
use super::report::Report;
use crate::panic::caught;
use crate::registry::Registry;
use crate::registry::bridge::Id;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// The time from one sample to the next.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// Samples a registry, until nobody has it any more.
#[derive(Debug)]
pub(in crate::endpoint) struct Recorder {
    registry: &'static Registry,
    book: Mutex<Book>,
    start: Instant,
    /// Its end tells the thread.
    _alive: Sender<()>,
}

/// Those that there are: routers of a registry share one.
static RECORDERS: Mutex<Vec<(Id, Weak<Recorder>)>> = Mutex::new(Vec::new());

impl Recorder {
    /// The recorder of a registry, started if there is none.
    pub(in crate::endpoint) fn of(registry: &'static Registry) -> Arc<Self> {
        let id = Id::of(registry);
        // Nothing panics while it is held.
        let mut recorders = RECORDERS.lock().unwrap_or_else(PoisonError::into_inner);
        recorders.retain(|(_, recorder)| recorder.strong_count() > 0);
        let mut known = recorders.iter().filter(|(own, _)| *own == id);
        if let Some(recorder) = known.find_map(|(_, recorder)| recorder.upgrade()) {
            return recorder;
        }
        let (alive, ended) = channel();
        let recorder = Arc::new(Self {
            registry,
            book: Mutex::new(Book::new(registry.settings().profile, MOST_COLUMNS)),
            start: Instant::now(),
            _alive: alive,
        });
        recorders.push((id, Arc::downgrade(&recorder)));
        drop(recorders);
        recorder.sample();
        let weak = Arc::downgrade(&recorder);
        let thread = thread::Builder::new().name("metrics-analytics".to_owned());
        // Without a thread the windows begin with the first sample.
        drop(thread.spawn(move || run(&weak, &ended)));
        recorder
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        // No user code runs under the lock.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sample(&self) {
        // The diagnostics hook may run here, which is user code.
        let families = families(self.registry);
        self.lock().sample(self.start.elapsed(), &families);
    }

    pub(super) fn report(&self) -> Report {
        let families = families(self.registry);
        self.lock().report(self.start.elapsed(), &families)
    }
}

fn run(recorder: &Weak<Recorder>, ended: &Receiver<()>) {
    while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        if let Some(recorder) = recorder.upgrade() {
            // A sample less is better than none from now on.
            let _ = caught(|| recorder.sample());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Recorder;
    use crate::Registry;
    use std::sync::Arc;

    // Mutation: the thread holds the recorder.
    #[test]
    fn routers_share_a_recorder_which_ends_with_the_last() {
        let registry: &'static Registry = Box::leak(Box::default());
        let first = Recorder::of(registry);
        let second = Recorder::of(registry);
        assert!(Arc::ptr_eq(&first, &second));
        let weak = Arc::downgrade(&first);
        drop((first, second));
        assert_eq!(weak.strong_count(), 0);
    }
}
