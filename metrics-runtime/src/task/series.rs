//! The series of a task.

use crate::builtin::task as builtin;
use crate::desc::Desc;
use crate::record::{FamilyCore, Slot, at};
use crate::{Counter, Gauge, Histogram, InProgress, Metrics, Outcome, Registry};
use once_cell::race::OnceBox;
use std::ptr;
use std::sync::Arc;

/// The families, in a registry.
#[derive(Debug)]
pub(super) struct Families {
    runs: Arc<FamilyCore>,
    durations: Arc<FamilyCore>,
    in_progress: Arc<FamilyCore>,
    last_success: Arc<FamilyCore>,
    wait: Arc<FamilyCore>,
    queued: Arc<FamilyCore>,
    missed: Arc<FamilyCore>,
    next_run: Arc<FamilyCore>,
}

/// The families of the registries that have tasks, in a list that only grows: a program
/// has few registries, and tasks are spawned often.
static FIRST: OnceBox<Known> = OnceBox::new();

#[derive(Debug)]
struct Known {
    registry: &'static Registry,
    families: Families,
    next: OnceBox<Self>,
}

impl Families {
    fn of(metrics: &Metrics) -> &'static Self {
        let registry = metrics.registry();
        let mut place = &FIRST;
        loop {
            let known = place.get_or_init(|| Box::new(Known::new(registry)));
            if ptr::eq(known.registry, registry) {
                return &known.families;
            }
            place = &known.next;
        }
    }

    /// Its misses are counted from zero on, and it has a next run.
    pub(super) fn scheduled(&self, name: &str) -> (Counter, Gauge) {
        let missed = at(&self.missed, &[name], Outcome::Ok);
        let next_run = at(&self.next_run, &[name], Outcome::Ok);
        (missed, next_run)
    }
}

impl Known {
    fn new(registry: &'static Registry) -> Self {
        let family = |desc: &Desc| registry.builtin(desc);
        let families = Families {
            runs: family(&builtin::TASK_RUNS_TOTAL),
            durations: family(&builtin::TASK_DURATION_SECONDS),
            in_progress: family(&builtin::TASKS_IN_PROGRESS),
            last_success: family(&builtin::TASK_LAST_SUCCESS_TIMESTAMP_SECONDS),
            wait: family(&builtin::TASK_WAIT_SECONDS),
            queued: family(&builtin::TASKS_QUEUED),
            missed: family(&builtin::TASK_TICKS_MISSED_TOTAL),
            next_run: family(&builtin::TASK_NEXT_RUN_TIMESTAMP_SECONDS),
        };
        Self {
            registry,
            families,
            next: OnceBox::new(),
        }
    }
}

/// The series of a task's name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series {
    pub(super) families: &'static Families,
    runs: Slot,
    durations: Slot,
    pub(super) in_progress: InProgress,
    pub(super) queued: InProgress,
    pub(super) wait: Histogram,
    last_success: Gauge,
}

impl Series {
    pub(super) fn of(metrics: &Metrics, name: &str) -> Self {
        let families = Families::of(metrics);
        // Errors are at zero from the start, so that the first one is an increase.
        for outcome in [Outcome::Ok, Outcome::Error] {
            families.runs.shown(&[name], outcome);
        }
        Self {
            families,
            runs: families.runs.entered(&[name]),
            durations: families.durations.entered(&[name]),
            in_progress: at(&families.in_progress, &[name], Outcome::Ok),
            queued: at(&families.queued, &[name], Outcome::Ok),
            wait: at(&families.wait, &[name], Outcome::Ok),
            last_success: at(&families.last_success, &[name], Outcome::Ok),
        }
    }

    /// Counts a run.
    pub(super) fn count(&self, outcome: Outcome) {
        FamilyCore::counter(self.runs.cell(outcome.index())).inc();
        if outcome == Outcome::Ok {
            self.last_success.set_to_current_time();
        }
    }

    /// Counts a run that took so long.
    pub(super) fn finish(&self, outcome: Outcome, nanos: u64) {
        self.count(outcome);
        let cell = self.durations.cell(outcome.index());
        self.families.durations.histogram(cell).observe_nanos(nanos);
    }
}
