//! A request that is under way, recorded when its response ends in any way.

use super::extension::{Blocked, ErrorKind, Unmeasured};
use super::route::Route;
use super::size::Size;
use crate::clock::Ticks;
use crate::measure::{Request, RequestScope};
use crate::record::{FamilyCore, Running};
use http::{Extensions, Response, StatusCode};
use http_body::Body;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a request is counted as whose response is given up before its head: what
/// nginx logs when a client closes its connection.
pub(super) const CLOSED: u16 = 499;

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
    /// With its queries.
    request: Request,
    /// Ends the request's time in progress.
    _running: Running,
    /// Of the response; that of one given up before its head.
    status: u16,
    /// Of the labels that the application adds.
    combination: u16,
    stage: Stage,
    /// It is timed and sized.
    is_chosen: bool,
    /// As its route was at the start.
    is_special: bool,
    runs: Runs,
    /// The response has no body to send, whatever it holds.
    bodiless: bool,
}

/// Who runs: what unwinds now is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// The service is being called, or was and isn't polled yet.
    Called,
    /// Its future or its body is being polled.
    Polled,
    /// Whoever holds them.
    Holder,
}

impl Runs {
    /// Whether the service has panicked, where its request is dropped.
    pub(super) fn has_panicked(self) -> bool {
        match self {
            // A future that nobody has polled may be dropped by a holder that unwinds,
            // but not within the scope of its call.
            Self::Called => Request::is_any_polled() && std::thread::panicking(),
            Self::Polled => true,
            Self::Holder => false,
        }
    }
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
    #[inline]
    pub(super) fn new(
        route: &'static Route,
        is_special: bool,
        combination: u16,
        size: Size,
        bodiless: bool,
    ) -> Self {
        let (is_chosen, counts_queries) = if is_special {
            let families = route.families();
            (families.is_chosen(), families.queries.is_some())
        } else {
            (true, false)
        };
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
            request: Request::new(counts_queries),
            _running: route.in_progress.start(),
            status: CLOSED,
            combination,
            stage: Stage::Handler,
            is_chosen,
            is_special,
            runs: Runs::Called,
            bodiless,
        }
    }

    /// The service is called until the scope ends.
    #[inline]
    pub(super) fn enter_call(&self) -> RequestScope {
        self.request.enter()
    }

    /// The service runs until the scope ends.
    #[inline]
    pub(super) fn enter_service(&mut self) -> RequestScope {
        self.runs = Runs::Polled;
        self.request.enter()
    }

    /// It has returned; the scope is about to end.
    #[inline]
    pub(super) fn leave_service(&mut self) {
        self.runs = Runs::Holder;
        self.request.leave();
    }

    /// The body has returned.
    pub(super) const fn leave(&mut self) {
        self.runs = Runs::Holder;
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
        if self.is_chosen {
            self.route.first_byte.observe_nanos(first_byte);
        }
        if self.is_special {
            self.special_head(response.status(), extensions);
        }
        if self.status >= 500 {
            self.server_error(extensions);
        }
        if let Some(Blocked(reason)) = extensions.get() {
            self.route.families().blocked(reason).inc();
        }
        let body = response.body();
        self.expected = body.size_hint().exact().unwrap_or(UNKNOWN);
        let is_empty = self.expected == 0 || self.expected == UNKNOWN && body.is_end_stream();
        if self.bodiless || is_empty || has_no_body(response.status()) {
            self.end(End::Complete);
        }
    }

    /// What most routes have nothing of, once they have led somewhere.
    #[inline(never)]
    fn special_head(&mut self, status: StatusCode, extensions: &Extensions) {
        if self.route.is_unmatched {
            let placement = &self.route.families().placement;
            placement.answered_without_route(status);
        }
        if status.is_success() {
            self.route.special.has_led();
        }
        if let Some(labels) = self.route.labels() {
            self.combination = labels.find(self.combination, extensions);
        }
    }

    #[cold]
    #[inline(never)]
    fn server_error(&self, extensions: &Extensions) {
        let mut text = itoa::Buffer::new();
        let kind = match extensions.get::<ErrorKind>() {
            Some(kind) => kind.as_str(),
            None => text.format(self.status),
        };
        self.exception(kind);
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
        // It is open, so it has no other stage but this one and the one before.
        self.stage = Stage::Body;
        self.runs = Runs::Polled;
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
        let mut series = &route.plain;
        if self.is_special {
            series = route.series(self.combination);
            if let Some(queries) = &route.families().queries {
                queries.observe_integer(self.request.queries());
            }
        }
        FamilyCore::counter(series.requests(route, status)).inc();
        if !self.is_chosen {
            return;
        }
        if let Some(duration) = series.duration(route, status) {
            duration.observe_nanos(self.start.elapsed_nanos());
        }
        let received = match &self.counted {
            // Relaxed: a number of its own.
            Some(bytes) => bytes.load(Ordering::Relaxed),
            None => self.received,
        };
        if received != UNKNOWN {
            route.request_size.observe_integer(received);
        }
        route.response_size.observe_integer(self.sent);
    }

    /// A body that fails and is dropped is complete already; a guard that is dropped
    /// while its owner unwinds for reasons of its own is given up.
    #[cold]
    #[inline(never)]
    fn end_dropped(&mut self) {
        self.end(if self.runs.has_panicked() {
            End::Panicked
        } else {
            End::GivenUp
        });
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

/// Whether responses with this status have no body, whatever they hold.
#[inline]
fn has_no_body(status: StatusCode) -> bool {
    // Most are of this one.
    status != StatusCode::OK
        && (matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
            || status.is_informational())
}

impl Drop for Guard {
    #[inline]
    fn drop(&mut self) {
        if self.is_open() {
            self.end_dropped();
        }
    }
}
