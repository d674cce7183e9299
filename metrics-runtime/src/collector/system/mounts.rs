//! File systems, read on a thread of their own.

use super::report::Disk;
use crate::collect::worker::{Failure, Worker};
use crate::registry::bridge::Id;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long file systems may take, as collectors may by default.
pub(super) const LIMIT: Duration = Duration::from_millis(500);

/// Reads file systems, at most one reading at a time.
pub(super) struct Mounts {
    worker: Worker<()>,
    /// What was read last, in time or not.
    last: Arc<Mutex<Vec<Disk>>>,
    limit: Duration,
}

/// What is known of them.
#[derive(Default)]
pub(super) struct Told {
    pub(super) disks: Vec<Disk>,
    /// Why it isn't of now.
    pub(super) error: Option<&'static str>,
}

/// Nothing panics while it is held.
fn lock(last: &Mutex<Vec<Disk>>) -> MutexGuard<'_, Vec<Disk>> {
    last.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mounts {
    /// By `read`, which may take so long.
    pub(super) fn new(
        limit: Duration,
        read: impl Fn() -> Vec<Disk> + Send + Sync + 'static,
    ) -> Self {
        let last: Arc<Mutex<Vec<Disk>>> = Arc::default();
        let kept = Arc::clone(&last);
        let worker = Worker::new(move || {
            let disks = read();
            *lock(&kept) = disks;
            Ok(())
        });
        Self {
            worker,
            last,
            limit,
        }
    }

    /// What they are now, or were when they were read last. While a reading hangs, nobody
    /// waits for it but those who came within its limit.
    pub(super) fn read(&self) -> Told {
        let until = Instant::now() + self.limit;
        let ticket = self.worker.ask("disks", Id::default(), self.limit);
        let read = ticket.and_then(|ticket| self.worker.wait(&ticket, until));
        let error = match read {
            Ok(()) => None,
            Err(Failure::Hung) => Some(
                "a file system doesn't answer in time, so that these are of the reading before; \
                 see which mount is stale",
            ),
            // A panic's text is for nobody else.
            Err(_) => Some("the file systems couldn't be read; ask again later"),
        };
        Told {
            disks: lock(&self.last).clone(),
            error,
        }
    }
}
