//! The handle of a cache.

use super::cause::EvictionCause;
use super::load::CacheLoad;
use crate::builtin::cache as builtin;
use crate::config::recording;
use crate::desc::Desc;
use crate::record::{FamilyCore, Slot, at};
use crate::{Counter, Gauge, Metrics, Outcome, Registry};
use std::fmt;
use std::sync::Arc;

/// Records what happens to a cache, by hand; made by [`Metrics::cache`]. Clones are the
/// same cache.
///
/// | family | labels | by |
/// |---|---|---|
/// | `cache_hits_total`, `cache_misses_total` | `cache` | [`hit`](Self::hit), [`miss`](Self::miss) |
/// | `cache_sets_total`, `cache_deletes_total` | `cache` | [`set`](Self::set), [`delete`](Self::delete) |
/// | `cache_errors_total` | `cache` | [`error`](Self::error), and loads that fail or panic |
/// | `cache_evictions_total` | `cache`, `cause` | [`evicted`](Self::evicted) |
/// | `cache_entries` | `cache` | [`set_entries`](Self::set_entries), [`add_entries`](Self::add_entries) |
/// | `cache_load_duration_seconds` | `cache`, `outcome` | [`load`](Self::load) |
/// | `cache_loads_joined_total` | `cache` | [`load_joined`](Self::load_joined) |
///
/// The first five are those of [`#[track_cache]`](macro@crate::track_cache). The share
/// of look-ups that hit is
/// `rate(cache_hits_total[5m]) / (rate(cache_hits_total[5m]) + rate(cache_misses_total[5m]))`.
///
/// ```
/// use metrics_runtime::{EvictionCause, Outcome};
///
/// # fn main() -> Result<(), metrics_runtime::BuildError> {
/// let metrics = metrics_runtime::Metrics::builder().build()?;
/// let cache = metrics.cache("prices");
///
/// cache.miss();
/// let load = cache.load();
/// // The price is asked for here, and kept.
/// load.finish(Outcome::Ok);
/// cache.set();
/// cache.evicted(EvictionCause::Size);
/// cache.set_entries(1);
///
/// let page = metrics.to_text();
/// for line in [
///     r#"cache_misses_total{cache="prices"} 1"#,
///     r#"cache_sets_total{cache="prices"} 1"#,
///     r#"cache_evictions_total{cache="prices",cause="size"} 1"#,
///     r#"cache_load_duration_seconds_count{cache="prices",outcome="ok"} 1"#,
///     r#"cache_entries{cache="prices"} 1"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CacheMetrics {
    series: Arc<Series>,
}

/// The series of a cache.
struct Series {
    name: Box<str>,
    hits: Counter,
    misses: Counter,
    sets: Counter,
    deletes: Counter,
    errors: Counter,
    evictions: [Counter; EvictionCause::ALL.len()],
    entries: Gauge,
    loads: Arc<FamilyCore>,
    /// The durations of all outcomes.
    loads_at: Slot,
    joined: Counter,
}

impl Series {
    fn of(registry: &Registry, name: &str) -> Self {
        let counter = |desc: &Desc| at(&registry.builtin(desc), &[name], Outcome::Ok);
        let evictions = registry.builtin(&builtin::CACHE_EVICTIONS_TOTAL);
        let entries = registry.builtin(&builtin::CACHE_ENTRIES);
        let loads = registry.builtin(&builtin::CACHE_LOAD_DURATION_SECONDS);
        Self {
            name: name.into(),
            hits: counter(&builtin::CACHE_HITS_TOTAL),
            misses: counter(&builtin::CACHE_MISSES_TOTAL),
            sets: counter(&builtin::CACHE_SETS_TOTAL),
            deletes: counter(&builtin::CACHE_DELETES_TOTAL),
            errors: counter(&builtin::CACHE_ERRORS_TOTAL),
            evictions: EvictionCause::ALL
                .map(|cause| at(&evictions, &[name, cause.as_str()], Outcome::Ok)),
            entries: at(&entries, &[name], Outcome::Ok),
            loads_at: loads.entered(&[name]),
            loads,
            joined: counter(&builtin::CACHE_LOADS_JOINED_TOTAL),
        }
    }
}

impl Metrics {
    /// A handle that records a cache under this name by hand. `name` is the value of a
    /// label, so it must be one of few.
    pub fn cache(&self, name: &str) -> CacheMetrics {
        CacheMetrics {
            series: Arc::new(Series::of(self.registry(), name)),
        }
    }
}

impl CacheMetrics {
    /// Counts a look-up that has found a value.
    pub fn hit(&self) {
        Self::count(self.series.hits);
    }

    /// Counts a look-up that has found nothing.
    pub fn miss(&self) {
        Self::count(self.series.misses);
    }

    /// Counts a value that was written.
    pub fn set(&self) {
        Self::count(self.series.sets);
    }

    /// Counts a value that was deleted.
    pub fn delete(&self) {
        Self::count(self.series.deletes);
    }

    /// Counts an operation that has failed.
    pub fn error(&self) {
        Self::count(self.series.errors);
    }

    /// Counts a value that has left the cache.
    pub fn evicted(&self, cause: EvictionCause) {
        let [size, expired, explicit, replaced] = self.series.evictions;
        Self::count(match cause {
            EvictionCause::Size => size,
            EvictionCause::Expired => expired,
            EvictionCause::Explicit => explicit,
            EvictionCause::Replaced => replaced,
        });
    }

    /// Says how many values are in the cache.
    pub fn set_entries(&self, entries: u64) {
        if recording() {
            #[expect(clippy::cast_precision_loss, reason = "gauges are doubles")]
            self.series.entries.set(entries as f64);
        }
    }

    /// Adds to the values that are in the cache, or takes away: for caches that share a
    /// name.
    pub fn add_entries(&self, difference: i64) {
        #[expect(clippy::cast_precision_loss, reason = "gauges are doubles")]
        self.series.entries.add(difference as f64);
    }

    /// Counts a look-up that has waited for the load of another one: a stampede
    /// avoided.
    pub fn load_joined(&self) {
        Self::count(self.series.joined);
    }

    /// Starts to load a value; what is returned is told how that has ended.
    pub fn load(&self) -> CacheLoad {
        CacheLoad::new(self.clone())
    }

    fn count(counter: Counter) {
        if recording() {
            counter.inc();
        }
    }

    /// A load that took so many nanoseconds.
    pub(super) fn loaded(&self, outcome: Outcome, nanos: u64) {
        if !recording() {
            return;
        }
        if matches!(outcome, Outcome::Error | Outcome::Panic) {
            self.series.errors.inc();
        }
        let cell = self.series.loads_at.cell(outcome.index());
        self.series.loads.histogram(cell).observe_nanos(nanos);
    }
}

impl fmt::Debug for CacheMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheMetrics")
            .field("name", &self.series.name)
            .finish_non_exhaustive()
    }
}
