//! Caches that are awaited.

use super::cause_of;
use super::listening::{Listening, Telling};
use super::recorded::Recorded;
use crate::Metrics;
use ::moka::future::{Cache, CacheBuilder};
use ::moka::notification::{ListenerFuture, RemovalCause};
use std::borrow::Borrow;
use std::fmt;
use std::future::ready;
use std::hash::Hash;
use std::sync::Arc;

/// A cache of moka that is recorded; made by [`Metrics::instrument_moka_future`]. Clones are
/// the same cache.
///
#[doc = include_str!("family.md")]
///
/// A load that is dropped before it ends is `cancelled`; moka then lets the next caller
/// load.
///
/// A look-up that loads is a miss, a load and, if that went well, a set. Operations
/// aren't timed: to read the clock takes as long as a look-up.
///
/// ```
/// use moka::future::Cache;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), metrics_runtime::BuildError> {
/// let metrics = metrics_runtime::Metrics::builder().build()?;
/// let quotes = metrics.instrument_moka_future("quotes", Cache::builder().max_capacity(1_000));
///
/// assert_eq!(quotes.get("tea").await, None);
/// assert_eq!(quotes.get_with("tea".to_owned(), async { 7 }).await, 7);
/// assert_eq!(quotes.get("tea").await, Some(7));
/// let failed = quotes.try_get_with("gold".to_owned(), async { Err("closed") }).await;
/// assert_eq!(*failed.unwrap_err(), "closed");
///
/// let page = metrics.to_text();
/// for line in [
///     r#"cache_hits_total{cache="quotes"} 1"#,
///     r#"cache_misses_total{cache="quotes"} 3"#,
///     r#"cache_sets_total{cache="quotes"} 1"#,
///     r#"cache_errors_total{cache="quotes"} 1"#,
///     r#"cache_load_duration_seconds_count{cache="quotes",outcome="ok"} 1"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// # Ok(())
/// # }
/// ```
pub struct MokaFutureCache<K, V> {
    pub(super) cache: Recorded<Cache<K, V>>,
}

impl Metrics {
    /// Builds a cache and records it under this name; see [`MokaFutureCache`]. A listener of
    /// the builder is replaced:
    /// [`instrument_moka_future_with_listener`](Self::instrument_moka_future_with_listener) takes one.
    /// `name` is the value of a label, so it must be one of few.
    pub fn instrument_moka_future<K, V>(
        &self,
        name: &str,
        builder: CacheBuilder<K, V, Cache<K, V>>,
    ) -> MokaFutureCache<K, V>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        self.instrument_moka_future_with_listener(name, builder, |_, _, _| Box::pin(ready(())))
    }

    /// As [`instrument_moka_future`](Self::instrument_moka_future), with a listener that is told of
    /// what leaves the cache. One that panics isn't called again, as with moka, and is told
    /// of by [`Diagnostic::EvictionListener`](crate::Diagnostic::EvictionListener).
    pub fn instrument_moka_future_with_listener<K, V>(
        &self,
        name: &str,
        builder: CacheBuilder<K, V, Cache<K, V>>,
        listener: impl Fn(Arc<K>, V, RemovalCause) -> ListenerFuture + Send + Sync + 'static,
    ) -> MokaFutureCache<K, V>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let metrics = self.cache(name);
        let told = metrics.clone();
        let listening = Arc::new(Listening::new(name));
        let builder = builder.async_eviction_listener(move |key, value, cause| {
            told.evicted(cause_of(cause));
            Box::pin(Telling::new(&listening, || listener(key, value, cause)))
        });
        MokaFutureCache {
            cache: Recorded::new(builder.build(), metrics),
        }
    }
}

impl<K, V> MokaFutureCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The cache itself, for what isn't here. What is done with it isn't recorded, except
    /// evictions.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), metrics_runtime::BuildError> {
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// let rates = metrics.instrument_moka_future("rates", moka::future::Cache::builder());
    /// rates.insert("EUR", 7).await;
    /// assert_eq!(rates.inner().iter().count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn inner(&self) -> &Cache<K, V> {
        &self.cache.inner
    }

    /// The value of a key.
    pub async fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let found = self.cache.inner.get(key).await;
        self.cache.looked_up(found.is_some());
        found
    }

    /// Writes a value.
    pub async fn insert(&self, key: K, value: V) {
        self.cache.inner.insert(key, value).await;
        self.cache.metrics.set();
    }

    /// Deletes the value of a key, and gives it.
    pub async fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let removed = self.cache.inner.remove(key).await;
        self.cache.removed(removed.is_some());
        removed
    }

    /// Deletes the value of a key.
    pub async fn invalidate<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        drop(self.remove(key).await);
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
    pub async fn run_pending_tasks(&self) {
        self.cache.inner.run_pending_tasks().await;
    }
}

impl<K, V> Clone for MokaFutureCache<K, V> {
    fn clone(&self) -> Self {
        Self {
            cache: self.cache.clone(),
        }
    }
}

/// Without the values, which may be secrets.
impl<K, V> fmt::Debug for MokaFutureCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MokaFutureCache")
            .field("metrics", &self.cache.metrics)
            .finish_non_exhaustive()
    }
}
