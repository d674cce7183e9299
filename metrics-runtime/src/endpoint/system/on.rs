//! `GET /system`: the process and its host.

use crate::SystemReport;
use serde_json::Value;

/// What reads the data; it may block.
pub(super) const READ: Option<fn() -> Value> = Some(read);

fn read() -> Value {
    // It is made of maps, numbers and text, so that it can always be written.
    serde_json::to_value(SystemReport::read()).unwrap_or_default()
}
