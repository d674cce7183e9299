//! A call that is under way, recorded once when it ends in any way.

use super::request::Request;
use super::series::{End, Series};
use crate::clock::Ticks;
use crate::config::recording;
use crate::record::Running;
use redis::RedisResult;
use std::mem;

/// A call that is under way. Nothing is recorded of one that is never polled, since
/// nothing is sent.
#[derive(Debug)]
pub(super) struct Call<'a, R: Request> {
    series: &'a Series,
    request: R,
    stage: Stage,
    /// The connection runs: what unwinds now is its own.
    is_polled: bool,
}

#[derive(Debug)]
enum Stage {
    Unpolled,
    Started {
        start: Ticks,
        /// Ends the call's time in progress.
        _running: Running,
    },
    /// Recorded, or not to be.
    Over,
}

impl<'a, R: Request> Call<'a, R> {
    pub(super) const fn new(series: &'a Series, request: R) -> Self {
        Self {
            series,
            request,
            stage: Stage::Unpolled,
            is_polled: false,
        }
    }

    /// The connection runs from now on.
    pub(super) fn enter(&mut self) {
        if matches!(self.stage, Stage::Unpolled) {
            self.stage = if recording() {
                Stage::Started {
                    start: Ticks::now(),
                    _running: self.series.in_progress.start(),
                }
            } else {
                Stage::Over
            };
        }
        self.is_polled = true;
    }

    /// It has returned.
    pub(super) const fn leave(&mut self) {
        self.is_polled = false;
    }

    /// The call is answered.
    pub(super) fn end(&mut self, result: &RedisResult<R::Reply>) {
        if let Some(nanos) = self.finish() {
            let outcome = self.request.count(self.series, result);
            self.request.timed(self.series).observe(outcome, nanos);
        }
    }

    /// The call ends without an answer.
    #[cold]
    fn end_early(&mut self, end: End) {
        if let Some(nanos) = self.finish() {
            self.request.count_all(self.series, end);
            let timed = self.request.timed(self.series);
            timed.observe(end.outcome(), nanos);
        }
    }

    /// How long the call took, in nanoseconds, if it is to be recorded still.
    fn finish(&mut self) -> Option<u64> {
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Started { start, .. } => Some(start.elapsed_nanos()),
            Stage::Unpolled | Stage::Over => None,
        }
    }
}

impl<R: Request> Drop for Call<'_, R> {
    fn drop(&mut self) {
        if matches!(self.stage, Stage::Over) {
            return;
        }
        // A call that is dropped while its owner unwinds for reasons of its own is
        // given up.
        self.end_early(if self.is_polled {
            End::Panicked
        } else {
            End::GivenUp
        });
    }
}
