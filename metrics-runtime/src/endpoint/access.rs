//! What the endpoints ask of access control.

use crate::Metrics;

/// Whether callers are told apart by a token or an authoriser: what changes something
/// doesn't exist before.
pub(super) fn may_mutate(_: &Metrics) -> bool {
    false
}

/// Whether scrapers need a token.
pub(super) fn wants_token(_: &Metrics) -> bool {
    false
}
