//! What the endpoints ask of access control.

use crate::Metrics;

/// Whether callers are told apart by a token or an authoriser: what changes something
/// doesn't exist before.
pub(super) fn may_mutate(metrics: &Metrics) -> bool {
    metrics.guard().can_mutate()
}

/// Whether scrapers need a token.
pub(super) fn wants_token(metrics: &Metrics) -> bool {
    metrics.guard().wants_token()
}
