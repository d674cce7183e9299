//! The database and the cache of the application, in memory.

use metrics_runtime::builtin::django;
use metrics_runtime::{track_cache, track_model, track_query};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// A name is there already.
#[derive(Debug)]
pub(crate) struct IntegrityError;

/// The rows of `Item`, by name, which is unique.
#[derive(Debug, Default)]
struct Table(Mutex<BTreeSet<String>>);

#[track_query(table = "item")]
impl Table {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[track_query(insert)]
    fn insert(&self, name: &str) -> Result<(), IntegrityError> {
        let is_new = self.with(|rows| rows.insert(name.to_owned()));
        is_new.then_some(()).ok_or(IntegrityError)
    }

    #[track_query(insert)]
    fn insert_many(&self, names: &[&str]) {
        let connection = ("default", "sqlite");
        let rows = u64::try_from(names.len()).expect("there are few");
        django::django_db_execute_many_total(connection.0, connection.1).inc_by(rows);
        self.with(|rows| rows.extend(names.iter().map(|name| (*name).to_owned())));
    }

    #[track_query(update)]
    fn rename(&self, from: &str, to: &str) {
        self.with(|rows| {
            rows.remove(from);
            rows.insert(to.to_owned());
        });
    }

    #[track_query(delete)]
    fn delete(&self, name: &str) {
        self.with(|rows| rows.remove(name));
    }

    #[track_query(delete)]
    fn clear(&self) {
        self.with(BTreeSet::clear);
    }

    #[track_query(select)]
    fn count(&self) -> usize {
        self.with(|rows| rows.len())
    }
}

/// What Django's `Item` does, as far as its metrics tell.
#[derive(Debug, Default)]
pub(crate) struct ItemRepository(Table);

#[track_model(model = "item")]
impl ItemRepository {
    pub(crate) fn connect() -> Self {
        django::django_db_new_connections_total("default", "sqlite").inc();
        django::django_db_new_connection_errors_total("default", "sqlite").inc_by(0);
        Self::default()
    }

    #[track_model(insert)]
    pub(crate) fn create(&self, name: &str) -> Result<(), IntegrityError> {
        self.0.insert(name)
    }

    #[track_model(update)]
    pub(crate) fn save(&self, from: &str, to: &str) {
        self.0.rename(from, to);
    }

    #[track_model(delete)]
    pub(crate) fn delete(&self, name: &str) {
        self.0.delete(name);
    }

    // Not counted by model, as in Django: `bulk_create`, `update`, `delete` of a
    // query set and `executemany`.

    pub(crate) fn create_in_bulk(&self, names: &[&str]) {
        self.0.insert_many(names);
    }

    pub(crate) fn update_all(&self, from: &str, to: &str) {
        self.0.rename(from, to);
    }

    pub(crate) fn delete_all(&self) {
        self.0.clear();
    }

    pub(crate) fn count(&self) -> usize {
        self.0.count()
    }
}

/// A cache has lost its connection, which this one has none to lose.
#[derive(Debug)]
pub(crate) struct ConnectionInterrupted;

/// The cache.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<BTreeMap<String, String>>);

#[track_cache(cache = "locmem")]
impl Cache {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, String>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[track_cache(set)]
    pub(crate) fn set(&self, key: &str, value: &str) {
        self.with(|entries| entries.insert(key.to_owned(), value.to_owned()));
    }

    #[track_cache(get)]
    pub(crate) fn get(&self, key: &str) -> Result<Option<String>, ConnectionInterrupted> {
        Ok(self.with(|entries| entries.get(key).cloned()))
    }
}
