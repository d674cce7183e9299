//! Values that are asked for when a page is made.

use super::families::check_family;
use super::inline::{Head, Labels, check_labels};
use super::model::{Family, Kind, Metric, Value};
use super::slot::Slot;
use crate::registry::{RegisterError, Registry};

impl Registry {
    /// A gauge whose value `read` returns, each time that a page is made.
    ///
    /// It runs like a [`Collector`](crate::Collector) of this name, on a thread of
    /// its own and under the same deadline: one that hangs or panics is left out
    /// alone. For many values at once, a collector takes one thread.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// let queue = Arc::new(Mutex::new(vec![1, 2]));
    /// let registry = metrics_runtime::Registry::new();
    /// let seen = Arc::clone(&queue);
    /// registry.gauge_fn("queue_depth", "Jobs that wait.", move || {
    ///     seen.lock().map_or(f64::NAN, |queue| queue.len() as f64)
    /// })?;
    /// assert!(registry.to_text().ends_with("\nqueue_depth 2\n"));
    /// # Ok::<(), metrics_runtime::RegisterError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the name isn't valid or taken.
    pub fn gauge_fn(
        &self,
        name: &str,
        help: &str,
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Result<(), RegisterError> {
        self.gauge_fn_with(name, help, &[], read)
    }

    /// A gauge as [`gauge_fn`](Self::gauge_fn) makes it, with labels; those of one
    /// family differ in their values.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when a name isn't valid, or the name or the series is
    /// taken.
    pub fn gauge_fn_with(
        &self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Result<(), RegisterError> {
        self.add_callback(Kind::Gauge, name, help, labels, read)
    }

    /// A counter whose value `read` returns, each time that a page is made; it
    /// must not fall. As [`gauge_fn`](Self::gauge_fn) otherwise.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the name isn't valid or taken.
    pub fn counter_fn(
        &self,
        name: &str,
        help: &str,
        read: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Result<(), RegisterError> {
        self.counter_fn_with(name, help, &[], read)
    }

    /// A counter as [`counter_fn`](Self::counter_fn) makes it, with labels; those
    /// of one family differ in their values.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when a name isn't valid, or the name or the series is
    /// taken.
    pub fn counter_fn_with(
        &self,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        read: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Result<(), RegisterError> {
        #[expect(clippy::cast_precision_loss, reason = "the formats hold doubles")]
        let read = move || read() as f64;
        self.add_callback(Kind::Counter, name, help, labels, read)
    }

    fn add_callback(
        &self,
        kind: Kind,
        name: &str,
        help: &str,
        labels: &[(&str, &str)],
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Result<(), RegisterError> {
        check_family(kind, name, help)?;
        let labels = check_labels(name, kind, labels)?;
        let head = Head::new(kind, name, help);
        let (slot, family) = (slot_name(name, &labels), head.clone());
        let given = labels.clone();
        let slot = Slot::of_callback(slot, move || Family {
            name: family.name.clone(),
            help: family.help.clone(),
            kind,
            unit: String::new(),
            metrics: vec![Metric {
                labels: given.clone(),
                value: Value::Number(read()),
                timestamp: None,
                created: None,
            }],
        });
        self.declare_callback(head, &labels, slot)
    }
}

/// What the series looks like in a query.
fn slot_name(name: &str, labels: &Labels) -> String {
    let pairs = labels.iter();
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    if pairs.is_empty() {
        name.to_owned()
    } else {
        format!("{name}{{{}}}", pairs.join(","))
    }
}
