//! Values that are asked for when a page is made.

use super::inline::{Head, Labels};
use super::model::{Kind, Metric, Value};
use super::rule::{check_family, check_labels};
use super::slot::Slot;
use crate::registry::{RegisterError, Registry};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

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
        let slot = Slot::of_callback(slot, move || {
            let metric = Metric {
                labels: given.clone(),
                value: Value::Number(read()),
                timestamp: None,
                created: None,
            };
            vec![family.family(vec![metric])]
        });
        let names = labels.into_iter().map(|(name, _)| name).collect();
        self.declare_callbacks(&[(head, names)], slot)
    }
}

/// The longest name of a series, in bytes: what is longer than a label value may
/// be would have no series in `metrics_collector_success`.
const LONGEST: usize = 1_000;

/// What the series looks like in a query; if that is too long, its start and a
/// hash of the whole, which keeps it apart from others.
fn slot_name(name: &str, labels: &Labels) -> String {
    let pairs = labels.iter();
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    if pairs.is_empty() && name.len() <= LONGEST {
        return name.to_owned();
    }
    let whole = format!("{name}{{{}}}", pairs.join(","));
    if whole.len() <= LONGEST {
        return whole;
    }
    let mut hasher = DefaultHasher::new();
    whole.hash(&mut hasher);
    let start = &whole[..whole.floor_char_boundary(LONGEST - 20)];
    format!("{start}…{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::slot_name;
    use crate::registry::Registry;

    // Mutation: names are as long as they come.
    #[test]
    fn a_callback_with_long_labels_has_a_series_that_says_how_it_did() {
        let registry = Registry::new();
        let long = "\u{fc}\n".repeat(340);
        for end in ["a", "b"] {
            let value = format!("{long}{end}");
            let made = registry.gauge_fn_with("depth", "D.", &[("queue", &value)], || 1.0);
            made.expect("they differ");
            let again = registry.gauge_fn_with("depth", "D.", &[("queue", &value)], || 1.0);
            assert!(again.is_err(), "it is the same");
        }
        let page = registry.to_text();
        assert_eq!(page.matches("metrics_collector_success{").count(), 2);
        assert!(!page.contains("__overflow__"), "{page}");
        assert_eq!(registry.to_text(), page);
        let labels = vec![("x".to_owned(), "\"".to_owned())];
        assert_eq!(slot_name("a", &labels), "a{x=\"\\\"\"}");
        assert_eq!(slot_name("a", &Vec::new()), "a");
    }
}
