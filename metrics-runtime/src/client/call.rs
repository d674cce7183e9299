//! A request whose future was polled, recorded once when it ends in any way.

use super::host::{Host, Hosts};
use crate::builtin::client as builtin;
use crate::clock::Ticks;
use crate::desc::Desc;
use crate::record::{FamilyCore, Running, at};
use crate::{Counter, Histogram, InProgress, Outcome, Registry};
use http::StatusCode;
use std::mem;
use std::sync::Arc;

/// The families of a layer, in a registry, and its hosts.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) hosts: Hosts,
    requests: Arc<FamilyCore>,
    durations: Arc<FamilyCore>,
    in_progress: Arc<FamilyCore>,
}

impl Shared {
    pub(super) fn new(registry: &Registry, hosts: Hosts) -> Self {
        let family = |desc: &Desc| registry.builtin(desc);
        Self {
            hosts,
            requests: family(&builtin::HTTP_CLIENT_REQUESTS_TOTAL),
            durations: family(&builtin::HTTP_CLIENT_REQUEST_DURATION_SECONDS),
            in_progress: family(&builtin::HTTP_CLIENT_REQUESTS_IN_PROGRESS),
        }
    }
}

/// A request whose response isn't there yet.
#[derive(Debug)]
pub(super) struct Call {
    shared: Arc<Shared>,
    host: Host,
    method: &'static str,
    start: Ticks,
    /// Ends its time in progress; `None` until the first poll, before which most clients
    /// have sent nothing.
    running: Option<Running>,
    /// The client runs: what unwinds now is its own.
    is_polled: bool,
    is_over: bool,
}

impl Call {
    /// Prepares a call, whose client runs from now on.
    pub(super) fn new(shared: &Arc<Shared>, host: Host, method: &'static str) -> Self {
        Self {
            host,
            method,
            start: Ticks::now(),
            running: None,
            is_polled: true,
            is_over: false,
            shared: Arc::clone(shared),
        }
    }

    /// The client runs from now on; at the first poll the request begins.
    pub(super) fn enter(&mut self) {
        self.is_polled = true;
        if self.running.is_none() {
            let labels = [self.shared.hosts.label(self.host), self.method];
            let in_progress: InProgress = at(&self.shared.in_progress, &labels, Outcome::Ok);
            self.running = Some(in_progress.start());
            self.start = Ticks::now();
        }
    }

    /// It has returned.
    pub(super) const fn leave(&mut self) {
        self.is_polled = false;
    }

    /// There is a response.
    pub(super) fn answered(&mut self, status: StatusCode) {
        let mut text = itoa::Buffer::new();
        let code = status.as_u16();
        // A server may send any three digits.
        let label = if code < 600 {
            text.format(code)
        } else {
            "other"
        };
        let outcome = if code >= 500 {
            Outcome::Error
        } else {
            Outcome::Ok
        };
        self.end(label, outcome);
    }

    /// There is none.
    pub(super) fn failed(&mut self) {
        self.end("error", Outcome::Error);
    }

    fn end(&mut self, status: &str, outcome: Outcome) {
        if mem::replace(&mut self.is_over, true) {
            return;
        }
        let host = self.shared.hosts.label(self.host);
        let labels = [host, self.method, status];
        at::<Counter>(&self.shared.requests, &labels, Outcome::Ok).inc();
        let labels = [host, self.method];
        let duration: Histogram = at(&self.shared.durations, &labels, outcome);
        duration.observe_nanos(self.start.elapsed_nanos());
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let outcome = if self.is_polled {
            Outcome::Panic
        } else if self.running.is_some() {
            // Also where its owner unwinds for reasons of its own.
            Outcome::Cancelled
        } else {
            // Nobody has polled it, so that it wasn't sent.
            return;
        };
        self.end(outcome.as_str(), outcome);
    }
}
