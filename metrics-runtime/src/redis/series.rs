//! The series that calls are recorded into.

use super::command::Command;
use crate::builtin::redis as builtin;
use crate::desc::Desc;
use crate::record::{ByOutcome, FamilyCore, Timed, at};
use crate::{Counter, Histogram, InProgress, Outcome, Registry};
use once_cell::sync::OnceCell;
use std::sync::{Arc, Mutex, PoisonError};

/// The families, in a registry.
#[derive(Debug)]
pub(super) struct Series {
    operations: Arc<FamilyCore>,
    durations: Arc<FamilyCore>,
    errors: Arc<FamilyCore>,
    connections: Arc<FamilyCore>,
    pub(super) pipeline_size: Histogram,
    pub(super) in_progress: InProgress,
    pipelines: OnceCell<Timed>,
    /// By the place of a command.
    commands: [OnceCell<Operated>; Command::COUNT],
}

/// The series of a command, which are found when it is sent first.
#[derive(Debug)]
pub(super) struct Operated {
    counts: ByOutcome,
    pub(super) durations: Timed,
}

/// Those of all registries that have a connection, which are static as well.
static KNOWN: Mutex<Vec<(&'static Registry, &'static Series)>> = Mutex::new(Vec::new());

impl Series {
    /// Those of a registry, found once and kept: so that connections share them, and
    /// calls count no references.
    pub(super) fn of(registry: &'static Registry) -> &'static Self {
        let find = |known: &[(&'static Registry, &'static Self)]| {
            let found = known.iter().find(|(of, _)| std::ptr::eq(*of, registry));
            found.map(|(_, series)| *series)
        };
        let lock = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let found = find(&lock());
        found.unwrap_or_else(|| {
            // Made without the lock: a conflict is told to the user's hook.
            let made = Box::new(Self::new(registry));
            let mut known = lock();
            find(&known).unwrap_or_else(|| {
                let made = Box::leak(made);
                known.push((registry, made));
                made
            })
        })
    }

    fn new(registry: &Registry) -> Self {
        let family = |desc: &Desc| registry.builtin(desc);
        let sizes = family(&builtin::REDIS_PIPELINE_SIZE);
        let in_progress = family(&builtin::REDIS_OPERATIONS_IN_PROGRESS);
        Self {
            operations: family(&builtin::REDIS_OPERATIONS_TOTAL),
            durations: family(&builtin::REDIS_OPERATION_DURATION_SECONDS),
            errors: family(&builtin::REDIS_ERRORS_TOTAL),
            connections: family(&builtin::REDIS_CONNECTIONS_ACTIVE),
            pipeline_size: at(&sizes, &[], Outcome::Ok),
            in_progress: at(&in_progress, &[], Outcome::Ok),
            pipelines: OnceCell::new(),
            commands: [const { OnceCell::new() }; Command::COUNT],
        }
    }

    /// Connections with this name.
    pub(super) fn connections(&self, name: &str) -> InProgress {
        at(&self.connections, &[name], Outcome::Ok)
    }

    /// The series of a command.
    #[inline]
    pub(super) fn operated(&self, command: Command) -> &Operated {
        self.commands[command.place() % Command::COUNT].get_or_init(|| Operated {
            counts: ByOutcome::new(self.operations.entered(&[command.as_str()])),
            durations: self.durations(command.as_str()),
        })
    }

    /// The durations of pipelines.
    pub(super) fn pipelines(&self) -> &Timed {
        self.pipelines.get_or_init(|| self.durations("pipeline"))
    }

    /// The durations under this name; those outcomes are shown that are recorded into.
    fn durations(&self, name: &str) -> Timed {
        let cells = ByOutcome::new(self.durations.entered(&[name]));
        Timed::new(cells, self.durations.bounds)
    }

    /// Counts a command; one that failed with the kind of its error.
    #[inline]
    pub(super) fn count(&self, command: Command, end: End) {
        let counts = &self.operated(command).counts;
        FamilyCore::counter(counts.cell(end.outcome())).inc();
        if let End::Failed(kind) = end {
            at::<Counter>(&self.errors, &[kind], Outcome::Ok).inc();
        }
    }
}

/// How a command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Answered,
    /// With an error of this kind.
    Failed(&'static str),
    Panicked,
    /// The call was dropped, or the server has discarded the transaction.
    GivenUp,
}

impl End {
    pub(super) const fn outcome(self) -> Outcome {
        match self {
            Self::Answered => Outcome::Ok,
            Self::Failed(_) => Outcome::Error,
            Self::Panicked => Outcome::Panic,
            Self::GivenUp => Outcome::Cancelled,
        }
    }
}
