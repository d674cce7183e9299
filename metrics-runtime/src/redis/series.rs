//! The series that calls are recorded into.

use super::command::Command;
use crate::builtin::redis as builtin;
use crate::desc::Desc;
use crate::record::{FamilyCore, at};
use crate::{Counter, Histogram, InProgress, Outcome, Registry};
use std::sync::Arc;

/// The families, in a registry. What has the labels of one command is found by its
/// text, which takes no lock and allocates nothing once it is there.
#[derive(Clone, Debug)]
pub(super) struct Series {
    operations: Arc<FamilyCore>,
    durations: Arc<FamilyCore>,
    errors: Arc<FamilyCore>,
    connections: Arc<FamilyCore>,
    pub(super) pipeline_size: Histogram,
    pub(super) in_progress: InProgress,
}

impl Series {
    pub(super) fn of(registry: &Registry) -> Self {
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
        }
    }

    /// Connections with this name.
    pub(super) fn connections(&self, name: &str) -> InProgress {
        at(&self.connections, &[name], Outcome::Ok)
    }

    /// Counts a command; one that failed with the kind of its error.
    pub(super) fn count(&self, command: Command, end: End) {
        let outcome = end.outcome();
        at::<Counter>(&self.operations, &[command.as_str()], outcome).inc();
        if let End::Failed(kind) = end {
            at::<Counter>(&self.errors, &[kind], Outcome::Ok).inc();
        }
    }

    /// The durations of a command, or of pipelines.
    pub(super) fn duration(&self, command: &str, outcome: Outcome) -> Histogram {
        at(&self.durations, &[command], outcome)
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
