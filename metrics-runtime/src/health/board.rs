//! All checks of a registry, and the thread that starts them.

use super::entry::{Entry, Run};
use super::worker::{self, Verdict};
use super::{Group, HealthCheck, HealthCheckError, HealthError, HealthSummary, ServiceStatus};
use crate::Registry;
use crate::builtin::health::{HEALTH_CHECK_DURATION_SECONDS, HEALTH_CHECK_STATUS};
use crate::outcome::Outcome;
use crate::record::{self, FamilyCore, Gauge, Histogram};
use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// Checks that are added in code; each may need a thread.
const MOST: usize = 64;

pub(super) struct Board {
    state: Mutex<State>,
    /// There may be something to do for the thread that starts checks.
    changed: Condvar,
    /// There is a result.
    news: watch::Sender<()>,
    status: Arc<FamilyCore>,
    duration: Arc<FamilyCore>,
}

#[derive(Default)]
struct State {
    entries: BTreeMap<String, Entry>,
    /// How many of them were added in code.
    added: usize,
    /// Whether there is a thread that starts them.
    scheduled: bool,
    /// That of whoever asked last.
    runtime: Option<Handle>,
    starting: bool,
    draining: bool,
    /// Where endpoints were made last: of all checks, of readiness and of liveness.
    paths: Option<[String; 3]>,
}

/// What is known of the checks that are asked for.
enum Reading {
    /// A result isn't there yet.
    NotYet,
    /// There is no such group.
    NoGroup,
    Summary(HealthSummary),
}

/// Which checks are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    All,
    Of(Group),
}

impl Selection {
    fn has(&self, check: &HealthCheck) -> bool {
        match self {
            Self::All => true,
            Self::Of(group) => check.groups.contains(group),
        }
    }

    /// Whether it is one that is there without checks.
    const fn is_built_in(&self) -> bool {
        !matches!(self, Self::Of(Group::Named(_)))
    }

    const fn starts(&self) -> bool {
        let readiness = matches!(self, Self::All | Self::Of(Group::Readiness));
        readiness || matches!(self, Self::Of(Group::Startup))
    }

    const fn drains(&self) -> bool {
        matches!(self, Self::All | Self::Of(Group::Readiness))
    }
}

impl Board {
    pub(super) fn new(registry: &Registry) -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            news: watch::Sender::new(()),
            status: registry.builtin(&HEALTH_CHECK_STATUS),
            duration: registry.builtin(&HEALTH_CHECK_DURATION_SECONDS),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No user code runs under the lock, so a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a check; one that stands in the source is beyond the limit.
    pub(super) fn add(&self, check: HealthCheck, in_code: bool) -> Result<(), HealthCheckError> {
        check.check()?;
        let mut state = self.lock();
        if state.entries.contains_key(&check.name) {
            let name = check.name.clone();
            drop(state);
            return Err(HealthCheckError::Taken { name });
        }
        if in_code && state.added >= MOST {
            drop(state);
            return Err(HealthCheckError::TooMany);
        }
        state.added += usize::from(in_code);
        let name = check.name.clone();
        state
            .entries
            .insert(name, Entry::new(check, Instant::now()));
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    /// Has checks run from now on, with the caller's runtime if it has one.
    pub(super) fn begin(self: &Arc<Self>) -> Result<(), HealthError> {
        let runtime = Handle::try_current().ok();
        let mut state = self.lock();
        // What it replaces is dropped when the lock is free again: a runtime's end
        // may run anything.
        let replaced = runtime.and_then(|runtime| state.runtime.replace(runtime));
        let begun = if state.scheduled {
            Ok(())
        } else {
            let board = Arc::clone(self);
            let thread = thread::Builder::new().name("health".to_owned());
            let started = thread.spawn(move || board.schedule());
            state.scheduled = started.is_ok();
            started.map(drop)
        };
        drop(state);
        drop(replaced);
        begun.map_err(|source| HealthError { source })
    }

    /// Starts checks that are due and gives up those that are late, for ever. User
    /// code never runs here.
    fn schedule(self: &Arc<Self>) {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let State {
                entries, runtime, ..
            } = &mut *state;
            let mut took = Vec::new();
            let mut next: Option<Instant> = None;
            for entry in entries.values_mut() {
                let hire = |check: &HealthCheck| worker::start(check, Arc::downgrade(self));
                let run = entry.start(now, runtime.as_ref(), hire);
                if let Some(run) = run.or_else(|| entry.give_up(now)) {
                    self.show(&entry.check.name, run);
                    took.push((entry.check.name.clone(), run.took));
                }
                next = [next, entry.next()].into_iter().flatten().min();
            }
            if !took.is_empty() {
                drop(state);
                self.tell(took);
                state = self.lock();
                continue;
            }
            // A day if there is nothing to do: until something changes.
            let left = next.map_or(Duration::from_hours(24), |next| {
                next.saturating_duration_since(now)
            });
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes the end of a run down.
    pub(super) fn finish(&self, name: &str, verdict: Verdict) {
        let mut state = self.lock();
        let entry = state.entries.get_mut(name);
        let run = entry.and_then(|entry| entry.finish(verdict, Instant::now()));
        if let Some(run) = run {
            self.show(name, run);
        }
        drop(state);
        // It may be due again.
        self.changed.notify_all();
        if let Some(run) = run {
            self.tell(vec![(name.to_owned(), run.took)]);
        }
    }

    /// Under the lock, so that what comes last is shown.
    fn show(&self, name: &str, run: Run) {
        let gauge: Gauge = record::at(&self.status, &[name], Outcome::Ok);
        gauge.set(run.status.value());
    }

    /// Records runs and wakes who waits: not under the lock, since exemplars and
    /// wakers are others' code.
    fn tell(&self, took: Vec<(String, Duration)>) {
        for (name, took) in took {
            let histogram: Histogram = record::at(&self.duration, &[&name], Outcome::Ok);
            histogram.observe_duration(took);
        }
        self.news.send_replace(());
    }

    /// How the checks do: the latest results, for whose first ones it waits. `None` if
    /// there is no such group.
    pub(super) async fn summary(&self, selection: &Selection) -> Option<HealthSummary> {
        let mut news = self.news.subscribe();
        loop {
            match self.reading(selection, worker::is_here()) {
                Reading::Summary(summary) => return Some(summary),
                Reading::NoGroup => return None,
                // There is a sender as long as there is a board.
                Reading::NotYet => drop(news.changed().await),
            }
        }
    }

    /// What there is; `at_once` it is the latest, however old.
    fn reading(&self, selection: &Selection, at_once: bool) -> Reading {
        let state = self.lock();
        let entries = state.entries.values();
        let entries: Vec<&Entry> = entries.filter(|it| selection.has(&it.check)).collect();
        let now = Instant::now();
        if !at_once && !entries.iter().all(|entry| entry.is_settled(now)) {
            return Reading::NotYet;
        }
        if entries.is_empty() && !selection.is_built_in() {
            return Reading::NoGroup;
        }
        let checks: Vec<_> = entries.into_iter().map(Entry::summary).collect();
        let status = if state.draining && selection.drains() {
            ServiceStatus::Draining
        } else if state.starting && selection.starts() {
            ServiceStatus::Starting
        } else {
            ServiceStatus::of_checks(checks.iter().map(|check| (check.status, check.critical)))
        };
        Reading::Summary(HealthSummary { status, checks })
    }

    pub(super) fn set_starting(&self, starting: bool) {
        self.lock().starting = starting;
    }

    pub(super) fn set_paths(&self, paths: [String; 3]) {
        self.lock().paths = Some(paths);
    }

    pub(super) fn paths(&self) -> Option<[String; 3]> {
        self.lock().paths.clone()
    }

    /// Whether that was new.
    pub(super) fn drain(&self) -> bool {
        !mem::replace(&mut self.lock().draining, true)
    }

    pub(super) fn is_draining(&self) -> bool {
        self.lock().draining
    }
}

#[cfg(test)]
mod tests {
    use super::{Board, MOST, Reading, Selection};
    use crate::Registry;
    use crate::health::{Group, HealthCheck, HealthCheckError, ServiceStatus};
    use std::sync::Arc;
    use std::thread;

    fn check(name: impl Into<String>) -> HealthCheck {
        HealthCheck::new(name, async || ())
    }

    fn status(board: &Board, selection: &Selection) -> Option<ServiceStatus> {
        match board.reading(selection, true) {
            Reading::Summary(summary) => Some(summary.status),
            Reading::NoGroup => None,
            Reading::NotYet => panic!("it doesn't wait"),
        }
    }

    #[test]
    fn names_are_taken_once_and_there_are_so_many() {
        let board = Board::new(&Registry::new());
        for number in 0..MOST {
            assert_eq!(board.add(check(format!("c{number}")), true), Ok(()));
        }
        let name = "c7".to_owned();
        let taken = Err(HealthCheckError::Taken { name });
        assert_eq!(board.add(check("c7"), true), taken);
        assert_eq!(
            board.add(check("one"), true),
            Err(HealthCheckError::TooMany)
        );
        // Those of attributes stand in the source, and are as many as were written.
        assert_eq!(board.add(check("one"), false), Ok(()));
    }

    // M3, M4. Mutations: liveness goes down while the program starts or drains.
    #[test]
    fn start_and_end_are_told_where_they_matter() {
        let board = Board::new(&Registry::new());
        let of = |group: &'static str| Selection::Of(Group::from(group));
        let [ready, live, start] = [of("readiness"), of("liveness"), of("startup")];
        let all = |board: &Board| {
            let selections = [&Selection::All, &ready, &live, &start];
            selections.map(|selection| status(board, selection).expect("it is built in"))
        };
        let (up, starting) = (ServiceStatus::Up, ServiceStatus::Starting);
        let draining = ServiceStatus::Draining;
        assert_eq!(all(&board), [up, up, up, up]);
        board.set_starting(true);
        assert_eq!(all(&board), [starting, starting, up, starting]);
        board.set_starting(false);
        assert_eq!(all(&board), [up, up, up, up]);
        assert!(board.drain() && !board.drain());
        assert_eq!(all(&board), [draining, draining, up, up]);
        assert_eq!(status(&board, &of("search")), None);
    }

    // F9. Mutation: `lock` unwraps.
    #[test]
    fn a_poisoned_lock_keeps_nobody_out() {
        let board = Arc::new(Board::new(&Registry::new()));
        let poisoning = Arc::clone(&board);
        let poisoned = thread::spawn(move || {
            let _state = poisoning.lock();
            std::panic::resume_unwind(Box::new("on purpose"));
        });
        assert!(poisoned.join().is_err() && board.state.is_poisoned());
        assert_eq!(board.add(check("one"), true), Ok(()));
        assert!(status(&board, &Selection::All).is_some());
    }
}
