//! Look-ups of caches that block, which load what isn't there.

use super::outcome_of;
use super::sync::MokaCache;
use crate::Outcome;
use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

/// Look-ups that load.
impl<K, V> MokaCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The value of a key, which one caller at a time loads if it isn't there. moka counts
    /// this as one look-up in the frequencies by which it evicts, as without the wrapper.
    pub fn get_with(&self, key: K, init: impl FnOnce() -> V) -> V {
        if let Some(found) = self.found(&key) {
            return found;
        }
        let mut has_loaded = false;
        let init = || self.load(&mut has_loaded, init, |_| Outcome::Ok);
        let value = self.cache.inner.get_with(key, init);
        self.cache.given(has_loaded, true);
        value
    }

    /// As [`get_with`](Self::get_with), with a key that is cloned only
    /// if the value isn't there.
    pub fn get_with_by_ref<Q>(&self, key: &Q, init: impl FnOnce() -> V) -> V
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(found) = self.found(key) {
            return found;
        }
        let mut has_loaded = false;
        let init = || self.load(&mut has_loaded, init, |_| Outcome::Ok);
        let value = self.cache.inner.get_with_by_ref(key, init);
        self.cache.given(has_loaded, true);
        value
    }

    /// As [`get_with`](Self::get_with), with a load that may give nothing, which goes well
    /// and writes nothing.
    pub fn optionally_get_with(&self, key: K, init: impl FnOnce() -> Option<V>) -> Option<V> {
        if let Some(found) = self.found(&key) {
            return Some(found);
        }
        let mut has_loaded = false;
        let init = || self.load(&mut has_loaded, init, |_| Outcome::Ok);
        let value = self.cache.inner.optionally_get_with(key, init);
        self.cache.given(has_loaded, value.is_some());
        value
    }

    /// As [`optionally_get_with`](Self::optionally_get_with), with a key that is cloned only
    /// if the value isn't there.
    pub fn optionally_get_with_by_ref<Q>(
        &self,
        key: &Q,
        init: impl FnOnce() -> Option<V>,
    ) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(found) = self.found(key) {
            return Some(found);
        }
        let mut has_loaded = false;
        let init = || self.load(&mut has_loaded, init, |_| Outcome::Ok);
        let value = self.cache.inner.optionally_get_with_by_ref(key, init);
        self.cache.given(has_loaded, value.is_some());
        value
    }

    /// As [`get_with`](Self::get_with), with a load that may fail.
    ///
    /// # Errors
    ///
    /// That of the load, which those who waited for it share.
    pub fn try_get_with<E>(&self, key: K, init: impl FnOnce() -> Result<V, E>) -> Result<V, Arc<E>>
    where
        E: Send + Sync + 'static,
    {
        if let Some(found) = self.found(&key) {
            return Ok(found);
        }
        let mut has_loaded = false;
        let init = || self.load(&mut has_loaded, init, outcome_of);
        let result = self.cache.inner.try_get_with(key, init);
        self.cache.given(has_loaded, result.is_ok());
        result
    }

    /// As [`try_get_with`](Self::try_get_with), with a key that is cloned only
    /// if the value isn't there.
    ///
    /// # Errors
    ///
    /// That of the load, which those who waited for it share.
    pub fn try_get_with_by_ref<E, Q>(
        &self,
        key: &Q,
        init: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, Arc<E>>
    where
        E: Send + Sync + 'static,
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(found) = self.found(key) {
            return Ok(found);
        }
        let mut has_loaded = false;
        let init = || self.load(&mut has_loaded, init, outcome_of);
        let result = self.cache.inner.try_get_with_by_ref(key, init);
        self.cache.given(has_loaded, result.is_ok());
        result
    }

    /// What a look-up finds that else loads.
    ///
    /// moka counts how often each key is asked for, and evicts by that. `contains_key` isn't
    /// counted, so that a look-up is counted once, whether it finds something or has moka
    /// look again and load.
    fn found<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let inner = &self.cache.inner;
        let found = if inner.contains_key(key) {
            inner.get(key)
        } else {
            None
        };
        self.cache.looked_up(found.is_some());
        found
    }

    fn load<T>(
        &self,
        has_loaded: &mut bool,
        init: impl FnOnce() -> T,
        outcome_of: impl FnOnce(&T) -> Outcome,
    ) -> T {
        *has_loaded = true;
        let load = self.cache.metrics.load();
        let value = init();
        load.finish(outcome_of(&value));
        value
    }
}
