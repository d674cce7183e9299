//! Without the feature `system` there is no `GET /system`.

use serde_json::Value;

/// What reads the data: nothing, so that the route doesn't exist.
pub(super) const READ: Option<fn() -> Value> = None;
