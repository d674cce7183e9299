//! Django's families of HTTP, in a registry.

use crate::builtin::django as builtin;
use crate::builtin::http::HTTP_REQUESTS_BLOCKED_TOTAL;
use crate::desc::Desc;
use crate::http::request::option::Options;
use crate::record::{FamilyCore, at};
use crate::{Counter, Histogram, Outcome, Registry};
use std::sync::Arc;

/// Django's families of HTTP, in a registry; those without labels are shown from the
/// start, as there.
#[derive(Debug)]
pub(super) struct Families {
    pub(super) requests: Counter,
    pub(super) responses: Counter,
    pub(super) ajax: Counter,
    pub(super) streaming: Counter,
    pub(super) latency: Histogram,
    pub(super) request_bytes: Histogram,
    pub(super) response_bytes: Histogram,
    latency_by_view: Arc<FamilyCore>,
    by_method: Arc<FamilyCore>,
    by_transport: Arc<FamilyCore>,
    by_view: Arc<FamilyCore>,
    by_status: Arc<FamilyCore>,
    by_status_view: Arc<FamilyCore>,
    by_charset: Arc<FamilyCore>,
    exceptions_by_type: Arc<FamilyCore>,
    exceptions_by_view: Arc<FamilyCore>,
    blocked: Arc<FamilyCore>,
}

impl Families {
    pub(super) fn of(registry: &Registry, options: &Options) -> Self {
        let family = |desc: &Desc| registry.builtin(desc);
        let counter = |desc: &Desc| -> Counter { at(&family(desc), &[], Outcome::Ok) };
        let histogram = |desc: &Desc| -> Histogram { at(&family(desc), &[], Outcome::Ok) };
        let latency = |desc: &Desc| {
            registry.builtin_with(desc, |schema| {
                if let Some(bounds) = &options.buckets {
                    schema.buckets.clone_from(bounds);
                }
            })
        };
        // Latencies are always known here, so these stay at zero.
        let _ = counter(&builtin::DJANGO_HTTP_REQUESTS_UNKNOWN_LATENCY_TOTAL);
        let _ = counter(&builtin::DJANGO_HTTP_REQUESTS_UNKNOWN_LATENCY_INCLUDING_MIDDLEWARES_TOTAL);
        Self {
            requests: counter(&builtin::DJANGO_HTTP_REQUESTS_BEFORE_MIDDLEWARES_TOTAL),
            responses: counter(&builtin::DJANGO_HTTP_RESPONSES_BEFORE_MIDDLEWARES_TOTAL),
            ajax: counter(&builtin::DJANGO_HTTP_AJAX_REQUESTS_TOTAL),
            streaming: counter(&builtin::DJANGO_HTTP_RESPONSES_STREAMING_TOTAL),
            latency: at(
                &latency(&builtin::DJANGO_HTTP_REQUESTS_LATENCY_INCLUDING_MIDDLEWARES_SECONDS),
                &[],
                Outcome::Ok,
            ),
            request_bytes: histogram(&builtin::DJANGO_HTTP_REQUESTS_BODY_TOTAL_BYTES),
            response_bytes: histogram(&builtin::DJANGO_HTTP_RESPONSES_BODY_TOTAL_BYTES),
            latency_by_view: latency(&builtin::DJANGO_HTTP_REQUESTS_LATENCY_SECONDS_BY_VIEW_METHOD),
            by_method: family(&builtin::DJANGO_HTTP_REQUESTS_TOTAL_BY_METHOD_TOTAL),
            by_transport: family(&builtin::DJANGO_HTTP_REQUESTS_TOTAL_BY_TRANSPORT_TOTAL),
            by_view: family(&builtin::DJANGO_HTTP_REQUESTS_TOTAL_BY_VIEW_TRANSPORT_METHOD_TOTAL),
            by_status: family(&builtin::DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_TOTAL),
            by_status_view: family(
                &builtin::DJANGO_HTTP_RESPONSES_TOTAL_BY_STATUS_VIEW_METHOD_TOTAL,
            ),
            by_charset: family(&builtin::DJANGO_HTTP_RESPONSES_TOTAL_BY_CHARSET_TOTAL),
            exceptions_by_type: family(&builtin::DJANGO_HTTP_EXCEPTIONS_TOTAL_BY_TYPE_TOTAL),
            exceptions_by_view: family(&builtin::DJANGO_HTTP_EXCEPTIONS_TOTAL_BY_VIEW_TOTAL),
            blocked: family(&HTTP_REQUESTS_BLOCKED_TOTAL),
        }
    }

    pub(super) fn by_method(&self, method: &str) -> Counter {
        at(&self.by_method, &[method], Outcome::Ok)
    }

    pub(super) fn by_transport(&self, transport: &str) -> Counter {
        at(&self.by_transport, &[transport], Outcome::Ok)
    }

    pub(super) fn by_view(&self, method: &str, transport: &str, view: &str) -> Counter {
        at(&self.by_view, &[method, transport, view], Outcome::Ok)
    }

    pub(super) fn latency_by_view(&self, method: &str, view: &str) -> Histogram {
        at(&self.latency_by_view, &[method, view], Outcome::Ok)
    }

    pub(super) fn by_status(&self, status: &str) -> Counter {
        at(&self.by_status, &[status], Outcome::Ok)
    }

    pub(super) fn by_status_view(&self, method: &str, status: &str, view: &str) -> Counter {
        at(&self.by_status_view, &[method, status, view], Outcome::Ok)
    }

    pub(super) fn by_charset(&self, charset: &str) -> Counter {
        at(&self.by_charset, &[charset], Outcome::Ok)
    }

    pub(super) fn exception(&self, kind: &str, view: &str) -> [Counter; 2] {
        [
            at(&self.exceptions_by_type, &[kind], Outcome::Ok),
            at(&self.exceptions_by_view, &[view], Outcome::Ok),
        ]
    }

    pub(super) fn blocked(&self, reason: &str) -> Counter {
        at(&self.blocked, &[reason], Outcome::Ok)
    }
}
