//! The thread of a collector: what hangs or panics there takes nothing else with
//! it.

use super::model::Family;
use crate::panic::told;
use crate::registry::bridge::{Gathering, Id};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Why a collector is left out, or whatever else has a thread of this kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It hasn't finished in time.
    Hung,
    /// It panicked, with this message.
    Panicked(String),
    /// It returned this error, or gave what isn't valid.
    Failed(String),
    /// The system has no thread for it.
    NoThread(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hung => f.write_str("it wasn't done by its deadline"),
            Self::Panicked(message) if message.is_empty() => f.write_str("it panicked"),
            Self::Panicked(message) => write!(f, "it panicked: {message}"),
            Self::Failed(error) => write!(f, "it failed: {error}"),
            Self::NoThread(error) => write!(f, "no thread could be started for it: {error}"),
        }
    }
}

pub(crate) type Collected = Result<Vec<Family>, Failure>;

type Work<T> = dyn Fn() -> Result<T, Failure> + Send + Sync;

/// A thread that is started when it is asked first, and does one piece of work
/// again and again. It ends with this value; one that hangs ends when it doesn't
/// any more.
pub(crate) struct Worker<T> {
    desk: Arc<Desk<T>>,
    work: Arc<Work<T>>,
    /// What its thread is made by, so that a test can take the system's away.
    thread: fn() -> thread::Builder,
}

/// Where work is asked for and handed back.
struct Desk<T> {
    progress: Mutex<Progress<T>>,
    changed: Condvar,
}

/// Runs are numbered from one.
struct Progress<T> {
    /// The run that was asked for last.
    wanted: u64,
    started: u64,
    finished: u64,
    running_since: Option<Instant>,
    /// For whom.
    registry: Id,
    /// Of the run that finished last.
    collected: Option<Result<T, Failure>>,
    /// Those that wait for a run.
    waiting: usize,
    has_thread: bool,
    closed: bool,
}

/// The number of a run that was asked for.
#[derive(Debug)]
pub(crate) struct Ticket(u64);

impl<T> Default for Desk<T> {
    fn default() -> Self {
        let progress = Progress {
            wanted: 0,
            started: 0,
            finished: 0,
            running_since: None,
            registry: Id::default(),
            collected: None,
            waiting: 0,
            has_thread: false,
            closed: false,
        };
        Self {
            progress: Mutex::new(progress),
            changed: Condvar::new(),
        }
    }
}

impl<T> Desk<T> {
    fn lock(&self) -> MutexGuard<'_, Progress<T>> {
        // No user code runs under the lock, so poisoned progress is whole.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the thread does.
    fn serve(&self, work: &Work<T>) {
        let mut progress = self.lock();
        loop {
            if progress.closed {
                return;
            }
            if progress.wanted <= progress.started {
                progress = self
                    .changed
                    .wait(progress)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            progress.started = progress.wanted;
            progress.running_since = Some(Instant::now());
            let registry = progress.registry;
            drop(progress);
            let collected = run(work, registry);
            progress = self.lock();
            progress.finished = progress.started;
            progress.running_since = None;
            progress.collected = (progress.waiting > 0).then_some(collected);
            self.changed.notify_all();
        }
    }
}

fn run<T>(work: &Work<T>, registry: Id) -> Result<T, Failure> {
    let _gathering = Gathering::start(registry);
    told(work).unwrap_or_else(|message| Err(Failure::Panicked(message)))
}

impl<T: Clone + Send + 'static> Worker<T> {
    pub(crate) fn new(work: impl Fn() -> Result<T, Failure> + Send + Sync + 'static) -> Self {
        Self {
            desk: Arc::default(),
            work: Arc::new(work),
            thread: thread::Builder::new,
        }
    }

    /// Asks for a run that begins from now on, for this registry if it is one's. What
    /// runs for longer than `limit` already isn't waited for.
    pub(crate) fn ask(&self, name: &str, registry: Id, limit: Duration) -> Result<Ticket, Failure> {
        let mut progress = self.desk.lock();
        let hangs = |since: Instant| since.elapsed() >= limit;
        if progress.running_since.is_some_and(hangs) {
            return Err(Failure::Hung);
        }
        if !progress.has_thread {
            let (desk, work) = (Arc::clone(&self.desk), Arc::clone(&self.work));
            (self.thread)()
                .name(format!("metrics {name}"))
                .spawn(move || desk.serve(&*work))
                .map_err(|error| Failure::NoThread(error.to_string()))?;
            progress.has_thread = true;
        }
        // Those who ask while one runs share the next.
        progress.wanted = progress.started + 1;
        progress.registry = registry;
        progress.waiting += 1;
        self.desk.changed.notify_all();
        Ok(Ticket(progress.wanted))
    }

    /// Waits for what was asked for.
    pub(crate) fn wait(&self, ticket: &Ticket, until: Instant) -> Result<T, Failure> {
        let mut progress = self.desk.lock();
        while progress.finished < ticket.0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                progress.waiting -= 1;
                return Err(Failure::Hung);
            }
            let waited = self.desk.changed.wait_timeout(progress, left);
            progress = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        progress.waiting -= 1;
        let collected = if progress.waiting == 0 {
            progress.collected.take()
        } else {
            progress.collected.clone()
        };
        collected.unwrap_or(Err(Failure::Hung))
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.desk.lock().closed = true;
        self.desk.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Family, Worker};
    use crate::registry::Registry;
    use crate::registry::bridge::Id;
    use std::panic::resume_unwind;
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, channel};
    use std::thread::{self, ThreadId};
    use std::time::{Duration, Instant};

    const LONG: Duration = Duration::from_mins(1);

    fn soon() -> Instant {
        Instant::now() + LONG
    }

    fn ask(worker: &Worker<Vec<Family>>, limit: Duration) -> Result<super::Ticket, Failure> {
        worker.ask("a", Id::of(&Registry::new()), limit)
    }

    // Mutation: `ask` forgets that there is a thread.
    // Mutation: `run` doesn't catch.
    #[test]
    fn one_thread_does_all_the_work_and_survives_a_panic() {
        let (sender, threads) = channel::<ThreadId>();
        let worker = Worker::new(move || {
            sender
                .send(thread::current().id())
                .expect("the test listens");
            resume_unwind(Box::new("on purpose"))
        });
        for _ in 0..3 {
            let ticket = ask(&worker, LONG).expect("there is a thread");
            let collected = worker.wait(&ticket, soon());
            assert_eq!(collected, Err(Failure::Panicked("on purpose".to_owned())));
        }
        drop(worker);
        // Ends once the thread has.
        let threads: Vec<ThreadId> = threads.iter().collect();
        assert_eq!(threads.len(), 3);
        assert!(threads.iter().all(|thread| *thread == threads[0]));
        assert_ne!(threads[0], thread::current().id());
    }

    // Mutation: `ask` queues a run behind one that hangs.
    #[test]
    fn what_hangs_is_not_asked_again_until_it_is_done() {
        let (release, wait) = channel::<()>();
        let (sender, runs) = channel::<()>();
        let wait: Mutex<Receiver<()>> = Mutex::new(wait);
        let worker = Worker::new(move || {
            sender.send(()).expect("the test listens");
            let _ = wait.lock().expect("it isn't poisoned").recv();
            Ok(Vec::new())
        });
        let ticket = ask(&worker, LONG).expect("there is a thread");
        runs.recv().expect("it runs");
        assert_eq!(worker.wait(&ticket, Instant::now()), Err(Failure::Hung));
        for _ in 0..3 {
            let again = ask(&worker, Duration::ZERO);
            assert_eq!(again.expect_err("it hangs"), Failure::Hung);
        }
        assert!(runs.try_recv().is_err());
        drop(release);
        let ticket = ask(&worker, LONG).expect("it isn't over the limit");
        assert_eq!(worker.wait(&ticket, soon()), Ok(Vec::new()));
        drop(worker);
        assert_eq!(runs.iter().count(), 1, "once after it hung");
    }

    // Mutations: `ask` takes a thread that wasn't started for one; it waits for a run
    // that it couldn't ask for.
    #[test]
    fn without_a_thread_it_fails_and_tries_again() {
        let mut worker = Worker::new(|| Ok(Vec::new()));
        // No address space has room for such a stack.
        worker.thread = || thread::Builder::new().stack_size(usize::MAX / 4);
        for _ in 0..2 {
            let refused = ask(&worker, LONG).expect_err("there is no thread");
            assert!(matches!(refused, Failure::NoThread(_)), "{refused:?}");
            let text = refused.to_string();
            assert!(text.starts_with("no thread could be started for it: "));
        }
        assert_eq!(worker.desk.lock().waiting, 0);
        worker.thread = thread::Builder::new;
        let ticket = ask(&worker, LONG).expect("there is a thread again");
        assert_eq!(worker.wait(&ticket, soon()), Ok(Vec::new()));
    }

    #[test]
    fn all_who_ask_at_once_are_answered() {
        let worker = Worker::new(|| Ok(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let ticket = ask(&worker, LONG).expect("there is a thread");
                        assert_eq!(worker.wait(&ticket, soon()), Ok(Vec::new()));
                    }
                });
            }
        });
        assert_eq!(worker.desk.lock().waiting, 0);
    }
}
