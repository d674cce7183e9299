//! File systems, read on a thread of their own.

use super::report::Disk;
use crate::collect::worker::{Failure, Worker};
use crate::registry::bridge::Id;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long file systems may take, as collectors may by default.
const LIMIT: Duration = Duration::from_millis(500);

/// Reads file systems, at most one reading at a time.
pub(super) struct Mounts {
    worker: Worker<Vec<Disk>>,
    /// What was read last.
    last: Mutex<Vec<Disk>>,
}

/// What is known of them.
#[derive(Default)]
pub(super) struct Told {
    pub(super) disks: Vec<Disk>,
    /// Why it isn't of now.
    pub(super) error: Option<&'static str>,
}

impl Mounts {
    pub(super) fn new(read: impl Fn() -> Vec<Disk> + Send + Sync + 'static) -> Self {
        Self {
            worker: Worker::new(move || Ok(read())),
            last: Mutex::default(),
        }
    }

    /// What they are now, or were when they were read last. While a reading hangs, nobody
    /// waits for it but those who came within its limit.
    pub(super) fn read(&self) -> Told {
        let until = Instant::now() + LIMIT;
        let ticket = self.worker.ask("disks", Id::default(), LIMIT);
        let read = ticket.and_then(|ticket| self.worker.wait(&ticket, until));
        // Nothing panics while it is held.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let error = match read {
            Ok(disks) => {
                *last = disks;
                None
            }
            Err(Failure::Hung) => Some("a file system doesn't answer; see which mount is stale"),
            // A panic's text is for nobody else.
            Err(_) => Some("the file systems couldn't be read; ask again later"),
        };
        Told {
            disks: last.clone(),
            error,
        }
    }
}
