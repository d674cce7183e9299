//! A request whose response has no head yet.

use super::charset::charset_of;
use super::view::View;
use super::{Django, UNNAMED_VIEW};
use crate::clock::Ticks;
use crate::http::request::extension::{Blocked, ErrorKind};
use crate::http::request::guard::{CLOSED, Runs};
use crate::http::request::size::Size;
use crate::http::request::special::Special;
use crate::measure::{Request, RequestScope};
use http::{Response, StatusCode};
use http_body::Body;

/// A request whose response has no head yet; recorded when it has, or is given up.
#[derive(Debug)]
pub(in crate::http::request) struct Pending {
    django: &'static Django,
    start: Ticks,
    method: &'static str,
    /// `None` where no route was met.
    view: Option<&'static View>,
    /// As its view has it for its method.
    special: Option<&'static Special>,
    /// The body of the request, unless its size is recorded already.
    received: Option<Size>,
    request: Request,
    runs: Runs,
    /// Everything is recorded.
    is_over: bool,
}

impl Pending {
    pub(super) fn new(
        django: &'static Django,
        method: &'static str,
        view: Option<&'static View>,
        special: Option<&'static Special>,
        received: Option<Size>,
    ) -> Self {
        Self {
            django,
            start: Ticks::now(),
            method,
            view,
            special,
            received,
            // Django has no family for the queries of a request.
            request: Request::new(false),
            runs: Runs::Called,
            is_over: false,
        }
    }

    /// The service is called until the scope ends.
    pub(in crate::http::request) fn enter_call(&self) -> RequestScope {
        self.request.enter()
    }

    /// The service runs until the scope ends.
    pub(in crate::http::request) fn enter_service(&mut self) -> RequestScope {
        self.runs = Runs::Polled;
        self.request.enter()
    }

    /// It has returned; the scope is about to end.
    pub(in crate::http::request) fn leave_service(&mut self) {
        self.runs = Runs::Holder;
        self.request.leave();
    }

    /// The service has no answer.
    pub(in crate::http::request) fn failed(&mut self) {
        self.end(StatusCode::INTERNAL_SERVER_ERROR.as_u16(), Some("service"));
    }

    /// The service has answered.
    #[cold]
    #[inline(never)]
    pub(in crate::http::request) fn answered<R: Body>(&mut self, response: &Response<R>) {
        let (families, status) = (&self.django.families, response.status());
        match self.special {
            None => self.django.placement.answered_without_route(status),
            Some(special) if status.is_success() => special.has_led(),
            Some(_) => {}
        }
        let extensions = response.extensions();
        if let Some(Blocked(reason)) = extensions.get() {
            families.blocked(reason).inc();
        }
        families.by_charset(charset_of(response.headers())).inc();
        match response.body().size_hint().exact() {
            Some(bytes) => families.response_bytes.observe_integer(bytes),
            None => families.streaming.inc(),
        }
        let mut text = itoa::Buffer::new();
        let kind = extensions.get::<ErrorKind>().map(|kind| kind.as_str());
        let code = status.as_u16();
        let kind = kind.or_else(|| (code >= 500).then(|| text.format(code)));
        self.end(code, kind);
    }

    fn end(&mut self, status: u16, exception: Option<&str>) {
        self.is_over = true;
        let families = &self.django.families;
        let view = self.view.map_or(UNNAMED_VIEW, |view| &view.name);
        let nanos = self.start.elapsed_nanos();
        families.responses.inc();
        if let Some(received) = &self.received {
            let bytes = received.bytes().unwrap_or(0);
            families.request_bytes.observe_integer(bytes);
        }
        families.latency.observe_nanos(nanos);
        let by_view = families.latency_by_view(self.method, view);
        by_view.observe_nanos(nanos);
        let mut text = itoa::Buffer::new();
        let status = text.format(status);
        families.by_status(status).inc();
        families.by_status_view(self.method, status, view).inc();
        if let Some(kind) = exception {
            for counter in families.exception(kind, view) {
                counter.inc();
            }
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        if self.runs.has_panicked() {
            self.end(StatusCode::INTERNAL_SERVER_ERROR.as_u16(), Some("panic"));
        } else {
            self.end(CLOSED, None);
        }
    }
}
