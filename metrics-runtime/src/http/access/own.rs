//! What guards record about themselves, into their registry.

use super::denial::{Reason, STATUS};
use crate::builtin::http::HTTP_REQUESTS_BLOCKED_TOTAL;
use crate::desc::Desc;
use crate::record::at;
use crate::{Counter, Outcome, Registry};

static DENIED: Desc = Desc::counter(
    "metrics_access_denied_total",
    "Requests for metrics that were refused, by reason.",
    &["reason"],
)
.about_itself();

/// The reason in `http_requests_blocked_total`.
pub(super) const BLOCKED: &str = "access";

/// The series of guards. They are on the page from now on, at zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    denied: [Counter; STATUS.len()],
    blocked: Counter,
}

impl Own {
    pub(super) fn of(registry: &Registry) -> Self {
        let denied = registry.builtin(&DENIED);
        let blocked = registry.builtin(&HTTP_REQUESTS_BLOCKED_TOTAL);
        Self {
            denied: STATUS.map(|(reason, _)| at(&denied, &[reason.as_str()], Outcome::Ok)),
            blocked: at(&blocked, &[BLOCKED], Outcome::Ok),
        }
    }

    /// Counts a request that is refused. No layer of a service does: refusals don't
    /// tell it that they are some, but on the toolkit's own routes, which it leaves out.
    pub(super) fn refused(&self, reason: Reason) {
        self.denied(reason);
        self.blocked.inc();
    }

    /// Counts a refusal of more than everybody is told; the request is answered.
    pub(super) fn denied(&self, reason: Reason) {
        let mut denied = STATUS.iter().zip(&self.denied);
        if let Some((_, denied)) = denied.find(|((of, _), _)| *of == reason) {
            denied.inc();
        }
    }
}
