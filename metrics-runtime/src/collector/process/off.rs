//! Without the feature `process`, nothing is known of the process.

use crate::collect::Own;

/// What a set-up adds by itself: nothing.
pub(crate) const fn automatic() -> Option<Own> {
    None
}
