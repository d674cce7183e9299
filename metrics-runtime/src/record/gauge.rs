//! A value that rises and falls.

use super::cells::GAUGES;
use std::time::SystemTime;

/// A gauge: a double that is set, raised and lowered.
///
/// The handle is an index; copy it freely.
///
/// ```
/// let registry = metrics_runtime::Registry::new();
/// let depth = registry.gauge("queue_depth", "Jobs that wait.")?;
/// depth.set(5.0);
/// depth.dec();
/// assert!(registry.to_text().ends_with("queue_depth 4\n"));
/// # Ok::<(), metrics_runtime::RegisterError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Gauge {
    pub(crate) cell: u32,
}

impl Gauge {
    /// Sets the value.
    pub fn set(&self, value: f64) {
        GAUGES.set(self.cell, value.to_bits());
    }

    /// Adds one.
    pub fn inc(&self) {
        self.add(1.0);
    }

    /// Subtracts one.
    pub fn dec(&self) {
        self.add(-1.0);
    }

    /// Adds `amount`, which may be negative.
    pub fn add(&self, amount: f64) {
        GAUGES.update(self.cell, |bits| (f64::from_bits(bits) + amount).to_bits());
    }

    /// Subtracts `amount`.
    pub fn sub(&self, amount: f64) {
        self.add(-amount);
    }

    /// Sets the value to the current time, in seconds since 1970.
    pub fn set_to_current_time(&self) {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        // Before 1970 there is no time to tell.
        self.set(since.unwrap_or_default().as_secs_f64());
    }

    /// The current value.
    pub fn get(&self) -> f64 {
        f64::from_bits(GAUGES.read(self.cell))
    }
}
