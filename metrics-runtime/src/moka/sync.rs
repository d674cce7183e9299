//! Caches that block.

use super::cause_of;
use super::listening::Listening;
use super::recorded::Recorded;
use crate::Metrics;
use ::moka::notification::RemovalCause;
use ::moka::sync::{Cache, CacheBuilder};
use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

/// A cache of moka that is recorded; made by [`Metrics::instrument_moka`]. Clones are
/// the same cache.
///
#[doc = include_str!("family.md")]
///
/// A look-up that loads is a miss, a load and, if that went well, a set. Operations
/// aren't timed: to read the clock takes as long as a look-up.
///
/// ```
/// use moka::sync::Cache;
///
/// # fn main() -> Result<(), metrics_runtime::BuildError> {
/// let metrics = metrics_runtime::Metrics::builder().build()?;
/// let prices = metrics.instrument_moka("prices", Cache::builder().max_capacity(1_000));
///
/// assert_eq!(prices.get("tea"), None);
/// assert_eq!(prices.get_with("tea".to_owned(), || 7), 7);
/// assert_eq!(prices.get("tea"), Some(7));
/// let failed = prices.try_get_with("gold".to_owned(), || Err("closed"));
/// assert_eq!(*failed.unwrap_err(), "closed");
///
/// let page = metrics.to_text();
/// for line in [
///     r#"cache_hits_total{cache="prices"} 1"#,
///     r#"cache_misses_total{cache="prices"} 3"#,
///     r#"cache_sets_total{cache="prices"} 1"#,
///     r#"cache_errors_total{cache="prices"} 1"#,
///     r#"cache_load_duration_seconds_count{cache="prices",outcome="ok"} 1"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// # Ok(())
/// # }
/// ```
pub struct MokaCache<K, V> {
    pub(super) cache: Recorded<Cache<K, V>>,
}

impl Metrics {
    /// Builds a cache and records it under this name; see [`MokaCache`]. A listener of
    /// the builder is replaced:
    /// [`instrument_moka_with_listener`](Self::instrument_moka_with_listener) takes one.
    /// `name` is the value of a label, so it must be one of few.
    pub fn instrument_moka<K, V>(
        &self,
        name: &str,
        builder: CacheBuilder<K, V, Cache<K, V>>,
    ) -> MokaCache<K, V>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        self.instrument_moka_with_listener(name, builder, |_, _, _| {})
    }

    /// As [`instrument_moka`](Self::instrument_moka), with a listener that is told of
    /// what leaves the cache. One that panics isn't called again, as with moka, and is told
    /// of by [`Diagnostic::EvictionListener`](crate::Diagnostic::EvictionListener).
    pub fn instrument_moka_with_listener<K, V>(
        &self,
        name: &str,
        builder: CacheBuilder<K, V, Cache<K, V>>,
        listener: impl Fn(Arc<K>, V, RemovalCause) + Send + Sync + 'static,
    ) -> MokaCache<K, V>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let metrics = self.cache(name);
        let told = metrics.clone();
        let listening = Listening::new(name);
        let builder = builder.eviction_listener(move |key, value, cause| {
            told.evicted(cause_of(cause));
            listening.tell(|| listener(key, value, cause));
        });
        MokaCache {
            cache: Recorded::new(builder.build(), metrics),
        }
    }
}

impl<K, V> MokaCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The cache itself, for what isn't here. What is done with it isn't recorded, except
    /// evictions.
    ///
    /// ```
    /// # fn main() -> Result<(), metrics_runtime::BuildError> {
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let rates = metrics.instrument_moka("rates", moka::sync::Cache::builder());
    /// rates.insert("EUR", 7);
    /// assert_eq!(rates.inner().iter().count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn inner(&self) -> &Cache<K, V> {
        &self.cache.inner
    }

    /// The value of a key.
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let found = self.cache.inner.get(key);
        self.cache.looked_up(found.is_some());
        found
    }

    /// Writes a value.
    pub fn insert(&self, key: K, value: V) {
        self.cache.inner.insert(key, value);
        self.cache.metrics.set();
    }

    /// Deletes the value of a key, and gives it.
    pub fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let removed = self.cache.inner.remove(key);
        self.cache.removed(removed.is_some());
        removed
    }

    /// Deletes the value of a key.
    pub fn invalidate<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        drop(self.remove(key));
    }

    /// Deletes all values; each is an eviction with the cause `explicit` when
    /// maintenance comes to it.
    pub fn invalidate_all(&self) {
        self.cache.inner.invalidate_all();
    }

    /// Whether there is a value for a key; no look-up is counted.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.cache.inner.contains_key(key)
    }

    /// About how many values there are, as of the last maintenance.
    pub fn entry_count(&self) -> u64 {
        self.cache.inner.entry_count()
    }

    /// Does what maintenance is due: evictions, and the count of values.
    pub fn run_pending_tasks(&self) {
        self.cache.inner.run_pending_tasks();
    }
}

impl<K, V> Clone for MokaCache<K, V> {
    fn clone(&self) -> Self {
        Self {
            cache: self.cache.clone(),
        }
    }
}

/// Without the values, which may be secrets.
impl<K, V> fmt::Debug for MokaCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MokaCache")
            .field("metrics", &self.cache.metrics)
            .finish_non_exhaustive()
    }
}
