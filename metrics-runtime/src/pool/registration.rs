//! The pools of all registries, and their families.

use super::error::PoolError;
use super::state::{PoolState, PoolStatistics};
use crate::Metrics;
use crate::collect::model::{Family, Kind, Metric, Value};
use crate::collect::{Head, Slot};
use crate::registry::Registry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const CONNECTIONS: (&str, &str) = (
    "db_connections",
    "Open connections of a pool, by whether they are in use.",
);
const MAX: (&str, &str) = (
    "db_connections_max",
    "How many connections a pool may have.",
);
const WAITING: (&str, &str) = (
    "db_connections_waiting",
    "Those who wait for a connection of a pool.",
);

type Statistics = Arc<dyn PoolStatistics>;

/// A name in a registry, and the pool that has it.
struct Place {
    registry: &'static Registry,
    name: String,
    pool: Arc<Mutex<Statistics>>,
}

/// All names that were ever given: there are as few as there are pools.
static PLACES: Mutex<Vec<Place>> = Mutex::new(Vec::new());

/// No code of others runs under these locks, so what they guard is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Metrics {
    /// Serves how many connections a pool has: the gauges
    /// `db_connections{database,state="active|idle"}` and, if the pool knows them,
    /// `db_connections_max{database}` and `db_connections_waiting{database}`.
    ///
    /// For pools of sqlx, `instrument_pool` (feature `sqlx`) does more than that. Pools
    /// of bb8, deadpool and r2d2 are handed over as they are, `pool.clone()`, with the
    /// features of these names; they are then kept as long as the program runs. Any
    /// other one is a closure, of which [`PoolStatistics`] has an example.
    ///
    /// # Errors
    ///
    /// [`PoolError`] when the name is another pool's, or the families are taken.
    pub fn instrument_pool_statistics(
        &self,
        name: &str,
        pool: impl PoolStatistics,
    ) -> Result<(), PoolError> {
        register(self.registry(), name, Arc::new(pool))
    }
}

/// Gives a pool its name in a registry.
pub(crate) fn register(
    registry: &'static Registry,
    name: &str,
    pool: Statistics,
) -> Result<(), PoolError> {
    let known = {
        let places = lock(&PLACES);
        let is_it = |place: &&Place| std::ptr::eq(place.registry, registry) && place.name == name;
        places
            .iter()
            .find(is_it)
            .map(|place| Arc::clone(&place.pool))
    };
    let taken = || PoolError::Taken {
        name: name.to_owned(),
    };
    let Some(known) = known else {
        return declare(registry, name, pool);
    };
    // Asked without a lock: it is user code.
    let before = Arc::clone(&lock(&known));
    if before.state().is_some() {
        return Err(taken());
    }
    let mut now = lock(&known);
    if !Arc::ptr_eq(&before, &now) {
        // Another thread has given the name away meanwhile.
        return Err(taken());
    }
    *now = pool;
    Ok(())
}

fn declare(registry: &'static Registry, name: &str, pool: Statistics) -> Result<(), PoolError> {
    let place = Arc::new(Mutex::new(pool));
    let head = |(name, help)| Head::new(Kind::Gauge, name, help);
    let labels = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let families = [
        (head(CONNECTIONS), labels(&["database", "state"])),
        (head(MAX), labels(&["database"])),
        (head(WAITING), labels(&["database"])),
    ];
    let (database, seen) = (name.to_owned(), Arc::clone(&place));
    let slot = Slot::of_callback(slot_name(name), move || {
        let pool = Arc::clone(&lock(&seen));
        pool.state()
            .map(|state| families_of(&database, state))
            .unwrap_or_default()
    });
    registry.declare_callbacks(&families, slot)?;
    lock(&PLACES).push(Place {
        registry,
        name: name.to_owned(),
        pool: place,
    });
    Ok(())
}

/// What the pool is called in `metrics_collector_success`, whose values are short.
fn slot_name(name: &str) -> String {
    let end = name.floor_char_boundary(500);
    format!("{}{{database={:?}}}", CONNECTIONS.0, &name[..end])
}

fn families_of(database: &str, state: PoolState) -> Vec<Family> {
    let metric = |more: Option<(&str, &str)>, value: u64| {
        let labels = [("database", database)].into_iter().chain(more);
        let owned = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
        #[expect(clippy::cast_precision_loss, reason = "gauges hold doubles")]
        let value = Value::Number(value as f64);
        Metric {
            labels: owned.collect(),
            value,
            timestamp: None,
            created: None,
        }
    };
    let family =
        |(name, help): (&str, &str), metrics| Head::new(Kind::Gauge, name, help).family(metrics);
    let connections = vec![
        metric(Some(("state", "active")), state.active()),
        metric(Some(("state", "idle")), state.idle),
    ];
    let mut families = vec![family(CONNECTIONS, connections)];
    for (head, value) in [(MAX, state.max), (WAITING, state.waiting)] {
        families.extend(value.map(|value| family(head, vec![metric(None, value)])));
    }
    families
}
