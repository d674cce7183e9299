//! A run of a task, recorded once when it ends in any way.

use super::output::Told;
use super::series::Series;
use crate::Outcome;
use crate::clock::Ticks;
use crate::record::Running;
use pin_project_lite::pin_project;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A run from the moment at which it was asked for.
#[derive(Debug)]
pub(super) struct Run {
    series: Series,
    stage: Stage,
    /// The task runs: what unwinds now is its own.
    is_polled: bool,
}

#[derive(Debug)]
enum Stage {
    Queued {
        since: Ticks,
        /// Ends its time in the queue.
        _queued: Running,
    },
    /// To be run at once.
    Due,
    Started {
        start: Ticks,
        /// Ends its time in progress.
        _running: Running,
    },
    Over,
}

impl Run {
    /// A run that waits for its first poll.
    pub(super) fn queued(series: Series) -> Self {
        let stage = Stage::Queued {
            since: Ticks::now(),
            _queued: series.queued.start(),
        };
        Self::new(series, stage)
    }

    /// A run that doesn't wait.
    pub(super) const fn due(series: Series) -> Self {
        Self::new(series, Stage::Due)
    }

    const fn new(series: Series, stage: Stage) -> Self {
        Self {
            series,
            stage,
            is_polled: false,
        }
    }

    fn enter(&mut self) {
        self.is_polled = true;
        match self.stage {
            Stage::Queued { since, .. } => self.series.wait.observe_nanos(since.elapsed_nanos()),
            Stage::Due => {}
            Stage::Started { .. } | Stage::Over => return,
        }
        self.stage = Stage::Started {
            start: Ticks::now(),
            _running: self.series.in_progress.start(),
        };
    }

    fn end(&mut self, outcome: Outcome) {
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Started { start, .. } => self.series.finish(outcome, start.elapsed_nanos()),
            // It was asked for and never ran: there is no time to tell.
            Stage::Queued { .. } => self.series.count(outcome),
            Stage::Due | Stage::Over => {}
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // A run that is dropped while its owner unwinds for reasons of its own is
        // cancelled.
        self.end(if self.is_polled {
            Outcome::Panic
        } else {
            Outcome::Cancelled
        });
    }
}

pin_project! {
    /// A task's future that is recorded.
    pub(super) struct Measured<F> {
        #[pin]
        future: F,
        // `None` where nothing is recorded.
        run: Option<Run>,
    }
}

impl<F> Measured<F> {
    pub(super) const fn new(future: F, run: Option<Run>) -> Self {
        Self { future, run }
    }
}

impl<F> Future for Measured<F>
where
    F: Future,
    fn() -> F::Output: Told<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(run) = this.run else {
            return this.future.poll(context);
        };
        run.enter();
        let polled = this.future.poll(context);
        if let Poll::Ready(output) = &polled {
            // Still as part of the run: the implementation is the user's.
            let outcome = <fn() -> F::Output>::outcome(output);
            run.end(outcome);
        }
        run.is_polled = false;
        polled
    }
}
