//! The series of a database and a table: found once, and kept.

use super::operated::{Line, Operated, timed};
use super::operation::Operation;
use super::slow::Told;
use crate::builtin::{database as own, query as builtin};
use crate::desc::Desc;
use crate::record::{FamilyCore, OVERFLOW, Timed, at};
use crate::{Counter, Histogram, Outcome, Registry};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Tables that get series of their own, of all databases together: as many as a
/// family has series. The tables after them share one series for each database.
const MOST: usize = 2_000;

/// Beyond that, databases share theirs too.
const MOST_OF_ALL: usize = 2 * MOST;

/// A registry by its address, a database and a table.
type Key = (usize, Box<str>, Box<str>);

/// All series that were asked for. They are never freed: queries would otherwise count
/// their references to them on one cache line, and their cells stay anyway.
static KNOWN: Mutex<Option<HashMap<Key, &'static Series>>> = Mutex::new(None);

/// What is recorded of the queries to a table.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) registry: &'static Registry,
    pub(super) database: Box<str>,
    table: Box<str>,
    pub(super) families: Families,
    operations: [Line; 5],
    pub(super) acquired: Timed,
    pub(super) batches: Counter,
    pub(super) begun: Counter,
    pub(super) told: Told,
}

/// The families of queries, in a registry.
#[derive(Debug)]
pub(super) struct Families {
    queries: Arc<FamilyCore>,
    duration: Arc<FamilyCore>,
    slow: Arc<FamilyCore>,
    errors: Arc<FamilyCore>,
    fetched: Arc<FamilyCore>,
    affected: Arc<FamilyCore>,
    classes: Arc<FamilyCore>,
    connection_errors: Arc<FamilyCore>,
    transactions: Arc<FamilyCore>,
    transaction_duration: Arc<FamilyCore>,
}

impl Families {
    fn of(registry: &Registry) -> Self {
        let family = |desc: &Desc| registry.builtin(desc);
        Self {
            queries: family(&builtin::DB_QUERIES_TOTAL),
            duration: family(&builtin::DB_QUERY_DURATION_SECONDS),
            slow: family(&builtin::DB_SLOW_QUERIES_TOTAL),
            errors: family(&builtin::DB_ERRORS_TOTAL),
            fetched: family(&own::DB_ROWS_FETCHED_TOTAL),
            affected: family(&own::DB_ROWS_AFFECTED_TOTAL),
            classes: family(&own::DB_ERRORS_BY_CLASS_TOTAL),
            connection_errors: family(&own::DB_CONNECTION_ERRORS_TOTAL),
            transactions: family(&own::DB_TRANSACTIONS_TOTAL),
            transaction_duration: family(&own::DB_TRANSACTION_DURATION_SECONDS),
        }
    }
}

impl Series {
    /// The series of a table, which is empty for a database as a whole.
    pub(super) fn find(registry: &'static Registry, database: &str, table: &str) -> &'static Self {
        let key = |database: &str, table: &str| -> Key {
            (
                std::ptr::from_ref(registry).addr(),
                database.into(),
                table.into(),
            )
        };
        let known = |key: &Key, len: &mut usize| {
            let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
            *len = known.as_ref().map_or(0, HashMap::len);
            known.as_ref().and_then(|known| known.get(key).copied())
        };
        let mut len = 0;
        let mut wanted = key(database, table);
        if let Some(found) = known(&wanted, &mut len) {
            return found;
        }
        for (most, database) in [(MOST, database), (MOST_OF_ALL, OVERFLOW)] {
            if len < most {
                break;
            }
            wanted = key(database, OVERFLOW);
            if let Some(found) = known(&wanted, &mut len) {
                return found;
            }
        }
        // Made without the lock: a conflict is told to the user's hook.
        let (_, database, table) = wanted.clone();
        let made = Box::new(Self::new(registry, database, table));
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        known.entry(wanted).or_insert_with(|| Box::leak(made))
    }

    fn new(registry: &'static Registry, database: Box<str>, table: Box<str>) -> Self {
        let families = Families::of(registry);
        let own = [&*database];
        let acquired = registry.builtin(&own::DB_CONNECTION_ACQUIRE_DURATION_SECONDS);
        let counter = |desc: &Desc| -> Counter { at(&registry.builtin(desc), &own, Outcome::Ok) };
        Self {
            acquired: timed(&acquired, &own),
            batches: counter(&own::DB_EXECUTE_MANY_TOTAL),
            begun: counter(&own::DB_TRANSACTIONS_BEGUN_TOTAL),
            registry,
            database,
            table,
            families,
            operations: Default::default(),
            told: Told::new(),
        }
    }

    /// The series of an operation.
    #[inline]
    pub(super) fn operated(&self, operation: Operation) -> &Operated {
        let index = operation as usize % Operation::ALL.len();
        let Line(operated) = &self.operations[index];
        operated.get_or_init(|| self.find_operated(operation))
    }

    /// Puts all operations on the page, at zero.
    pub(super) fn show(&self) {
        for operation in Operation::ALL {
            self.operated(operation);
        }
    }

    fn find_operated(&self, operation: Operation) -> Operated {
        let values = [&*self.database, operation.as_str(), &*self.table];
        let Families {
            queries, duration, ..
        } = &self.families;
        let part = |family: &FamilyCore| family.shown(&values, Outcome::Ok);
        let parts = [
            part(&self.families.errors),
            part(&self.families.slow),
            part(&self.families.fetched),
            part(&self.families.affected),
        ];
        Operated::new(queries, duration, &values, parts)
    }

    /// Errors of this class.
    pub(super) fn class(&self, class: &str) -> Counter {
        at(
            &self.families.classes,
            &[&self.database, class],
            Outcome::Ok,
        )
    }

    /// Connections that weren't given for an error of this class.
    pub(super) fn connection_error(&self, class: &str) -> Counter {
        let values = [&*self.database, class];
        at(&self.families.connection_errors, &values, Outcome::Ok)
    }

    /// Transactions that have ended so, and how long they took.
    pub(super) fn transaction(&self, end: &str) -> (Counter, Histogram) {
        let values = [&*self.database, end];
        let Families {
            transactions,
            transaction_duration,
            ..
        } = &self.families;
        (
            at(transactions, &values, Outcome::Ok),
            at(transaction_duration, &values, Outcome::Ok),
        )
    }
}
