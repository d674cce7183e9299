//! The page of a registry.

use super::Registry;
use crate::encode::{Format, Plan, Wanted};
use std::sync::{MutexGuard, PoisonError};

impl Registry {
    /// The page in the Prometheus text format, version 0.0.4.
    ///
    /// Families of `prometheus::default_registry()` are part of the page of
    /// the [global](crate::global) registry.
    #[expect(clippy::missing_panics_doc, reason = "a page is made of text")]
    pub fn to_text(&self) -> String {
        let mut page = Vec::new();
        self.encode_into(&mut page);
        String::from_utf8(page).expect("a page is made of text")
    }

    /// The page in a format, whose media type is
    /// [`Format::content_type`].
    ///
    /// Histograms that may hold negative values have neither sum nor count in
    /// OpenMetrics, which allows none there; their last bucket is the count. Nor has a
    /// summary a negative sum or quantile there.
    ///
    /// ```
    /// use metrics_runtime::{Format, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.counter("sent_messages_total", "Messages sent.")?.inc();
    /// let page = String::from_utf8(registry.encode(Format::OpenMetrics)).expect("it is text");
    /// assert!(page.contains("# TYPE sent_messages counter\n"));
    /// assert!(page.contains("\nsent_messages_total 1\nsent_messages_created 1"));
    /// # Ok::<(), metrics_runtime::RegisterError>(())
    /// ```
    pub fn encode(&self, format: Format) -> Vec<u8> {
        let mut page = Vec::new();
        let wanted = Wanted {
            format,
            ..Wanted::default()
        };
        let _ = crate::encode::append(self, wanted, &mut page);
        page
    }

    /// Appends the page, as [`to_text`](Self::to_text) returns it.
    ///
    /// A buffer that is cleared and used again costs no allocation, unless the
    /// page has grown or has foreign families.
    ///
    /// ```
    /// let registry = metrics_runtime::Registry::new();
    /// let sent = registry.counter("sent_messages_total", "Messages sent.")?;
    /// let mut page = Vec::new();
    /// for _ in 0..2 {
    ///     sent.inc();
    ///     page.clear();
    ///     registry.encode_into(&mut page);
    /// }
    /// assert!(page.ends_with(b"\nsent_messages_total 2\n"));
    /// # Ok::<(), metrics_runtime::RegisterError>(())
    /// ```
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        let _ = crate::encode::append(self, Wanted::default(), out);
    }

    /// The page without its numbers, locked.
    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        // No user code runs under the lock, so a poisoned plan is whole.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
