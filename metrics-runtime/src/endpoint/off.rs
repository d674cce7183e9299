//! The page is all that is served without the feature `endpoints`.

use crate::Metrics;

/// The router of the page, with what else is chosen.
pub(crate) fn extended<R>(page: impl FnOnce() -> R, _: &Metrics) -> R {
    page()
}
