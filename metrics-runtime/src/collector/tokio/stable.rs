//! Without tokio's unstable interface there is nothing beyond the stable one.

use crate::collect::Readings;
use ::tokio::runtime::RuntimeMetrics;

/// Adds nothing.
pub(super) const fn read(_metrics: &RuntimeMetrics, _runtime: &str, _readings: &mut Readings) {}
