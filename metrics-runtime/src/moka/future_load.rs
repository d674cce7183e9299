//! Look-ups of caches that are awaited, which load what isn't there.

use super::future::MokaFutureCache;
use super::loading::Loading;
use super::outcome_of;
use crate::Outcome;
use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Look-ups that load.
impl<K, V> MokaFutureCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The value of a key, which one caller at a time loads if it isn't there. moka counts
    /// this as one look-up in the frequencies by which it evicts, as without the wrapper.
    pub async fn get_with(&self, key: K, init: impl Future<Output = V>) -> V {
        if let Some(found) = self.found(&key).await {
            return found;
        }
        let has_loaded = AtomicBool::new(false);
        let init = Loading::new(&self.cache.metrics, &has_loaded, init, |_: &V| Outcome::Ok);
        let value = self.cache.inner.get_with(key, init).await;
        self.cache.given(has_loaded.into_inner(), true);
        value
    }

    /// As [`get_with`](Self::get_with), with a key that is cloned only
    /// if the value isn't there.
    pub async fn get_with_by_ref<Q>(&self, key: &Q, init: impl Future<Output = V>) -> V
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(found) = self.found(key).await {
            return found;
        }
        let has_loaded = AtomicBool::new(false);
        let init = Loading::new(&self.cache.metrics, &has_loaded, init, |_: &V| Outcome::Ok);
        let value = self.cache.inner.get_with_by_ref(key, init).await;
        self.cache.given(has_loaded.into_inner(), true);
        value
    }

    /// As [`get_with`](Self::get_with), with a load that may give nothing, which goes well
    /// and writes nothing.
    pub async fn optionally_get_with(
        &self,
        key: K,
        init: impl Future<Output = Option<V>>,
    ) -> Option<V> {
        if let Some(found) = self.found(&key).await {
            return Some(found);
        }
        let has_loaded = AtomicBool::new(false);
        let init = Loading::new(&self.cache.metrics, &has_loaded, init, |_: &Option<V>| {
            Outcome::Ok
        });
        let value = self.cache.inner.optionally_get_with(key, init).await;
        self.cache.given(has_loaded.into_inner(), value.is_some());
        value
    }

    /// As [`optionally_get_with`](Self::optionally_get_with), with a key that is cloned only
    /// if the value isn't there.
    pub async fn optionally_get_with_by_ref<Q>(
        &self,
        key: &Q,
        init: impl Future<Output = Option<V>>,
    ) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(found) = self.found(key).await {
            return Some(found);
        }
        let has_loaded = AtomicBool::new(false);
        let init = Loading::new(&self.cache.metrics, &has_loaded, init, |_: &Option<V>| {
            Outcome::Ok
        });
        let value = self.cache.inner.optionally_get_with_by_ref(key, init).await;
        self.cache.given(has_loaded.into_inner(), value.is_some());
        value
    }

    /// As [`get_with`](Self::get_with), with a load that may fail.
    ///
    /// # Errors
    ///
    /// That of the load, which those who waited for it share.
    pub async fn try_get_with<E>(
        &self,
        key: K,
        init: impl Future<Output = Result<V, E>>,
    ) -> Result<V, Arc<E>>
    where
        E: Send + Sync + 'static,
    {
        if let Some(found) = self.found(&key).await {
            return Ok(found);
        }
        let has_loaded = AtomicBool::new(false);
        let init = Loading::new(&self.cache.metrics, &has_loaded, init, outcome_of);
        let result = self.cache.inner.try_get_with(key, init).await;
        self.cache.given(has_loaded.into_inner(), result.is_ok());
        result
    }

    /// As [`try_get_with`](Self::try_get_with), with a key that is cloned only
    /// if the value isn't there.
    ///
    /// # Errors
    ///
    /// That of the load, which those who waited for it share.
    pub async fn try_get_with_by_ref<E, Q>(
        &self,
        key: &Q,
        init: impl Future<Output = Result<V, E>>,
    ) -> Result<V, Arc<E>>
    where
        E: Send + Sync + 'static,
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(found) = self.found(key).await {
            return Ok(found);
        }
        let has_loaded = AtomicBool::new(false);
        let init = Loading::new(&self.cache.metrics, &has_loaded, init, outcome_of);
        let result = self.cache.inner.try_get_with_by_ref(key, init).await;
        self.cache.given(has_loaded.into_inner(), result.is_ok());
        result
    }

    /// What a look-up finds that else loads.
    ///
    /// moka counts how often each key is asked for, and evicts by that. `contains_key` isn't
    /// counted, so that a look-up is counted once, whether it finds something or has moka
    /// look again and load.
    async fn found<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let inner = &self.cache.inner;
        let found = if inner.contains_key(key) {
            inner.get(key).await
        } else {
            None
        };
        self.cache.looked_up(found.is_some());
        found
    }
}
