//! A request that is under way, recorded when its response ends in any way.

use super::extension::{Blocked, ErrorKind, Unmeasured};
use super::route::Route;
use super::size::Size;
use crate::clock::Ticks;
use crate::record::Running;
use http::{Extensions, Response, StatusCode};
use http_body::Body;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a request is counted as whose response is given up before its head: what
/// nginx logs when a client closes its connection.
const CLOSED: u16 = 499;

/// The length of a body that doesn't say how long it is.
const UNKNOWN: u64 = u64::MAX;

/// A request that is under way. It moves with its future and its body, so it is
/// small.
#[derive(Debug)]
pub(super) struct Guard {
    route: &'static Route,
    start: Ticks,
    /// The bytes of the request's body, or [`UNKNOWN`].
    received: u64,
    /// The same, if they are being counted.
    counted: Option<Arc<AtomicU64>>,
    /// Bytes of the response's body so far.
    sent: u64,
    /// How long it will be, or [`UNKNOWN`].
    expected: u64,
    /// Ends the request's time in progress.
    _running: Running,
    /// Of the response; that of one given up before its head.
    status: u16,
    stage: Stage,
    /// The service, or its body, runs: what unwinds now is theirs.
    is_polled: bool,
    /// The response has no body to send, whatever it holds.
    bodiless: bool,
}

/// What the request has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The service has no answer yet.
    Handler,
    /// The head of the response is there.
    Head,
    /// Its body was asked for.
    Body,
    /// Everything is recorded.
    Recorded,
}

impl Stage {
    /// The label of a response that is given up here.
    const fn phase(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Head => "head",
            Self::Body | Self::Recorded => "body",
        }
    }
}

/// How a response ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Complete,
    /// The service or the body returned an error.
    Failed,
    Panicked,
    GivenUp,
}

impl Guard {
    pub(super) fn new(route: &'static Route, size: Size, bodiless: bool) -> Self {
        let (received, counted) = match size {
            Size::Known(bytes) => (bytes, None),
            Size::Counted(bytes) => (UNKNOWN, Some(bytes)),
            Size::Unknown => (UNKNOWN, None),
        };
        Self {
            route,
            start: Ticks::now(),
            received,
            counted,
            sent: 0,
            expected: UNKNOWN,
            _running: route.in_progress.start(),
            status: CLOSED,
            stage: Stage::Handler,
            is_polled: true,
            bodiless,
        }
    }

    /// The service, or its body, runs from now on.
    pub(super) const fn enter(&mut self) {
        self.is_polled = true;
    }

    /// It has returned.
    pub(super) const fn leave(&mut self) {
        self.is_polled = false;
    }

    /// The service has answered.
    pub(super) fn head<R: Body>(&mut self, response: &Response<R>) {
        self.stage = Stage::Head;
        self.status = response.status().as_u16();
        let first_byte = self.start.elapsed_nanos();
        let extensions = response.extensions();
        if extensions.get::<Unmeasured>().is_some() {
            self.stage = Stage::Recorded;
            return;
        }
        self.route.first_byte.observe_nanos(first_byte);
        self.read(extensions);
        let body = response.body();
        self.expected = body.size_hint().exact().unwrap_or(UNKNOWN);
        let no_content = matches!(
            response.status(),
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        );
        let is_empty = self.expected == 0 || self.expected == UNKNOWN && body.is_end_stream();
        if self.bodiless || no_content || self.status < 200 || is_empty {
            self.end(End::Complete);
        }
    }

    /// What the handler says beside the response.
    fn read(&self, extensions: &Extensions) {
        if self.status >= 500 {
            let mut text = itoa::Buffer::new();
            let kind = match extensions.get::<ErrorKind>() {
                Some(kind) => kind.as_str(),
                None => text.format(self.status),
            };
            self.exception(kind);
        }
        if let Some(Blocked(reason)) = extensions.get() {
            self.route.families().blocked(reason).inc();
        }
    }

    fn exception(&self, kind: &str) {
        let families = self.route.families();
        families.exception(&self.route.endpoint, kind).inc();
    }

    /// The service has no answer.
    pub(super) fn failed(&mut self) {
        self.end(End::Failed);
    }

    /// The body is asked for its next frame.
    pub(super) const fn body_polled(&mut self) {
        if let Stage::Head = self.stage {
            self.stage = Stage::Body;
        }
        self.enter();
    }

    /// The body has given so many bytes; true if these are all.
    pub(super) const fn sent(&mut self, bytes: usize) -> bool {
        self.sent += bytes as u64;
        self.sent >= self.expected
    }

    /// Something is still to be recorded.
    pub(super) fn is_open(&self) -> bool {
        self.stage != Stage::Recorded
    }

    /// The body is at its end.
    pub(super) fn complete(&mut self) {
        self.end(End::Complete);
    }

    fn end(&mut self, end: End) {
        let stage = mem::replace(&mut self.stage, Stage::Recorded);
        if stage == Stage::Recorded {
            return;
        }
        if end != End::Complete {
            self.ended_early(stage, end);
        }
        let (route, status) = (self.route, self.status);
        route.requests(status).inc();
        if let Some(duration) = route.duration(status) {
            duration.observe_nanos(self.start.elapsed_nanos());
        }
        let received = match &self.counted {
            // Relaxed: a number of its own.
            Some(bytes) => bytes.load(Ordering::Relaxed),
            None => self.received,
        };
        if received != UNKNOWN {
            route.request_size.observe(as_value(received));
        }
        route.response_size.observe(as_value(self.sent));
    }

    #[cold]
    fn ended_early(&mut self, stage: Stage, end: End) {
        if stage == Stage::Handler && end != End::GivenUp {
            self.status = StatusCode::INTERNAL_SERVER_ERROR.as_u16();
        }
        match end {
            End::Complete => {}
            End::Failed if stage == Stage::Handler => self.exception("service"),
            End::Failed => self.exception("body"),
            End::Panicked => self.exception("panic"),
            End::GivenUp => {
                let families = self.route.families();
                families.aborted(&self.route.endpoint, stage.phase()).inc();
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "histograms take doubles")]
const fn as_value(bytes: u64) -> f64 {
    bytes as f64
}

impl Drop for Guard {
    fn drop(&mut self) {
        // A body that fails and is dropped is complete already; a guard that is
        // dropped while its owner unwinds for reasons of its own is given up.
        self.end(if self.is_polled {
            End::Panicked
        } else {
            End::GivenUp
        });
    }
}
