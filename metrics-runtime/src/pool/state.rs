//! What is known of a pool at a moment.

/// What a pool says of itself when a page is made.
///
/// Implement it for the pool of your library, or hand over a closure:
///
/// ```
/// use metrics_runtime::{Metrics, PoolState};
/// use std::sync::{Arc, Mutex};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let metrics = Metrics::builder().build()?;
/// let free = Arc::new(Mutex::new(vec!["one connection", "another"]));
/// let seen = Arc::downgrade(&free);
/// metrics.instrument_pool_statistics("cellar", move || {
///     let free = seen.upgrade()?;
///     let idle = free.lock().ok()?.len() as u64;
///     Some(PoolState::new(5, idle).max(8))
/// })?;
/// let page = metrics.to_text();
/// assert!(page.contains("db_connections{database=\"cellar\",state=\"active\"} 3\n"));
/// assert!(page.contains("db_connections_max{database=\"cellar\"} 8\n"));
/// # Ok(())
/// # }
/// ```
///
/// It is asked on a thread of its own, under the deadline of
/// [collectors](crate::Collector), and must not need to wait for a connection.
pub trait PoolStatistics: Send + Sync + 'static {
    /// The pool as it is now; `None` once it is gone for good, after which another
    /// pool may have its name. What refers to its pool weakly doesn't keep it.
    fn state(&self) -> Option<PoolState>;
}

impl<F> PoolStatistics for F
where
    F: Fn() -> Option<PoolState> + Send + Sync + 'static,
{
    fn state(&self) -> Option<PoolState> {
        self()
    }
}

/// How many connections a pool has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolState {
    /// Those that are open, in use or not.
    pub size: u64,
    /// Those of them that nobody uses.
    pub idle: u64,
    /// How many there may be, if that is limited.
    pub max: Option<u64>,
    /// Those who wait for a connection, if that is known.
    pub waiting: Option<u64>,
}

impl PoolState {
    /// A pool of so many open connections, of which so many are idle.
    pub const fn new(size: u64, idle: u64) -> Self {
        Self {
            size,
            idle,
            max: None,
            waiting: None,
        }
    }

    /// With how many there may be.
    #[must_use]
    pub const fn max(mut self, max: u64) -> Self {
        self.max = Some(max);
        self
    }

    /// With how many wait for one.
    #[must_use]
    pub const fn waiting(mut self, waiting: u64) -> Self {
        self.waiting = Some(waiting);
        self
    }

    /// Those in use. Pools read their numbers one after the other, so that more may
    /// be idle than there are.
    pub(super) const fn active(self) -> u64 {
        self.size.saturating_sub(self.idle)
    }
}
