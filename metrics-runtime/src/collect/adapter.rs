//! A collector of the `prometheus` crate as one of ours.

use super::{Collector, Families};
use crate::registry::bridge::family_of;
use std::error::Error;
use std::fmt;

/// A collector of the `prometheus` crate, which then runs by itself: if it hangs
/// or panics, nothing else of that crate is missing.
///
/// ```
/// use metrics_runtime::{PrometheusCollector, Registry};
/// use prometheus::IntGauge;
///
/// let depth = IntGauge::new("queue_depth", "Jobs that wait.")?;
/// depth.set(4);
/// let registry = Registry::new();
/// registry.add_collector(PrometheusCollector::new("queue", depth.clone()))?;
/// assert!(registry.to_text().ends_with("queue_depth 4\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PrometheusCollector {
    name: String,
    collector: Box<dyn prometheus::core::Collector>,
}

impl PrometheusCollector {
    /// The collector under this name.
    pub fn new(
        name: impl Into<String>,
        collector: impl prometheus::core::Collector + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            collector: Box::new(collector),
        }
    }
}

impl Collector for PrometheusCollector {
    fn name(&self) -> &str {
        &self.name
    }

    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        for family in &self.collector.collect() {
            families.adopt(family_of(family))?;
        }
        Ok(())
    }
}

impl fmt::Debug for PrometheusCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("PrometheusCollector");
        debug.field("name", &self.name).finish_non_exhaustive()
    }
}
