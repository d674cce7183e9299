//! Migrations of sqlx: applied, pending, dirty and unknown ones, as gauges.

use crate::collect::model::{Family, Kind, Metric, Value};
use crate::collect::{Head, Slot};
use crate::{Dialect, Instrumentable, Metrics, Profile, RegisterError};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Error, Executor, FromRow, Pool};
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// A gauge: its name, its help, and the label that says which database.
type Gauge = (&'static str, &'static str, &'static str);

const APPLIED: Gauge = (
    "db_migrations_applied",
    "Migrations that were applied to the database.",
    "database",
);
const PENDING: Gauge = (
    "db_migrations_pending",
    "Migrations of the program that weren't applied to the database.",
    "database",
);
const DIRTY: Gauge = (
    "db_migrations_dirty",
    "Migrations that were begun and have failed, so that the database is between two states.",
    "database",
);
const UNKNOWN: Gauge = (
    "db_migrations_unknown",
    "Migrations that were applied to the database and aren't known to the program.",
    "database",
);

/// Those of django-prometheus, gauges by the name of counters.
const DJANGO_APPLIED: Gauge = (
    "django_migrations_applied_total",
    "Count of applied migrations by database connection.",
    "connection",
);
const DJANGO_UNAPPLIED: Gauge = (
    "django_migrations_unapplied_total",
    "Count of unapplied migrations by database connection.",
    "connection",
);

/// Applied, pending, dirty and unknown ones, as the profile calls them.
const fn gauges(profile: Profile) -> [Gauge; 4] {
    match profile {
        Profile::Toolkit => [APPLIED, PENDING, DIRTY, UNKNOWN],
        Profile::DjangoPrometheus => [DJANGO_APPLIED, DJANGO_UNAPPLIED, DIRTY, UNKNOWN],
    }
}

/// How long the answer of a database is served: pages that are made more often than
/// that, by several readers, ask it no more often.
const FRESH: Duration = Duration::from_secs(5);

/// Why migrations can't be instrumented.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MigratorError {
    /// Outside of a runtime of tokio, on which the database is asked.
    #[error("no runtime of tokio runs here; call `instrument_migrator` in one")]
    NoRuntime,
    /// The families can't be registered, or the database has a migrator already.
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// How a database stands to the migrations of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Standing {
    applied: u64,
    pending: u64,
    dirty: u64,
    unknown: u64,
}

impl Standing {
    /// By the rows of the table, `done`: each version, again if it has succeeded.
    fn of(known: &BTreeSet<i64>, done: &[(i64, Option<i64>)]) -> Self {
        let applied: BTreeSet<i64> = done.iter().filter_map(|(_, applied)| *applied).collect();
        Self {
            applied: applied.len() as u64,
            pending: known.difference(&applied).count() as u64,
            dirty: done.iter().filter(|(_, applied)| applied.is_none()).count() as u64,
            unknown: applied.difference(known).count() as u64,
        }
    }

    fn families(self, gauges: [Gauge; 4], database: &str) -> Vec<Family> {
        let Self {
            applied,
            pending,
            dirty,
            unknown,
        } = self;
        let values = [applied, pending, dirty, unknown];
        let families = gauges.into_iter().zip(values);
        let family = |((name, help, label), value): (Gauge, u64)| {
            #[expect(clippy::cast_precision_loss, reason = "gauges hold doubles")]
            let value = Value::Number(value as f64);
            let metric = Metric {
                labels: vec![(label.to_owned(), database.to_owned())],
                value,
                timestamp: None,
                created: None,
            };
            Head::new(Kind::Gauge, name, help).family(vec![metric])
        };
        families.map(family).collect()
    }
}

/// What a database has answered last.
#[derive(Debug, Default)]
struct Kept(Option<(Instant, Standing)>);

impl Kept {
    fn fresh(&self, now: Instant) -> Option<Standing> {
        let (since, standing) = self.0?;
        (now.saturating_duration_since(since) < FRESH).then_some(standing)
    }
}

/// Whether there is no table yet, as before the first migration.
fn is_without_table(error: &Error, dialect: Dialect) -> bool {
    let Some(error) = error.as_database_error() else {
        return false;
    };
    let code = error.code().unwrap_or_default();
    // The table, or its schema.
    let in_postgres = matches!(&*code, "42P01" | "3F000");
    let in_mysql = code == "42S02";
    // Which has one code for most mistakes.
    let in_sqlite = error.message().starts_with("no such table");
    match dialect {
        Dialect::Postgres => in_postgres,
        Dialect::MySql => in_mysql,
        Dialect::Sqlite => in_sqlite,
        Dialect::Any => in_postgres || in_mysql || in_sqlite,
    }
}

/// Asks the database which migrations it has seen.
async fn ask<DB>(pool: &Pool<DB>, sql: String, known: &BTreeSet<i64>) -> Result<Standing, Error>
where
    DB: Instrumentable,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    (i64, Option<i64>): for<'r> FromRow<'r, DB::Row>,
{
    // Not prepared: the table may be made, or made anew.
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(pool).await;
    match rows {
        Ok(rows) => {
            let rows: Result<Vec<_>, Error> = rows.iter().map(FromRow::from_row).collect();
            Ok(Standing::of(known, &rows?))
        }
        Err(error) if is_without_table(&error, DB::DIALECT) => Ok(Standing::of(known, &[])),
        Err(error) => Err(error),
    }
}

impl Metrics {
    /// Serves how a database stands to the migrations of the program.
    ///
    /// | gauge | what |
    /// |---|---|
    /// | `db_migrations_applied{database}` | those that were applied to the database |
    /// | `db_migrations_pending{database}` | those of the program that weren't |
    /// | `db_migrations_dirty{database}` | those that have failed half-way, and need a hand |
    /// | `db_migrations_unknown{database}` | those that were applied and aren't the program's: it is older than its database |
    ///
    /// Under [`Profile::DjangoPrometheus`] the first two are
    /// `django_migrations_applied_total{connection}` and
    /// `django_migrations_unapplied_total{connection}`, as they are there.
    ///
    /// Those that undo others aren't counted. Without the table of migrations, none was
    /// applied.
    ///
    /// The database is asked on this runtime when a page is made, once in five seconds at
    /// most, under the deadline of [collectors](crate::Collector): what hangs or fails is
    /// left out of the page alone, and
    /// `metrics_collector_success{collector="db_migrations{database=…}"}` is 0. A page that
    /// a task of a current-thread runtime makes itself, by `to_text`, keeps the runtime
    /// from asking: it has them left out. The pool
    /// is kept as long as the program runs; once it is closed, the gauges are gone.
    ///
    /// ```
    /// # #[cfg(feature = "sqlx-sqlite")]
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use sqlx::migrate::{Migration, MigrationType, Migrator};
    /// use sqlx::sqlite::SqlitePoolOptions;
    ///
    /// let metrics = metrics_runtime::Metrics::builder().build()?;
    /// // Or `sqlx::migrate!()`.
    /// let users = "CREATE TABLE users (name TEXT)";
    /// let users = sqlx::SqlStr::from_static(users);
    /// let users = Migration::new(1, "users".into(), MigrationType::Simple, users, false);
    /// let migrator = Migrator::with_migrations(vec![users]);
    ///
    /// let options = SqlitePoolOptions::new().max_connections(1);
    /// let pool = options.connect("sqlite::memory:").await?;
    /// metrics.instrument_migrator("users", &pool, &migrator)?;
    /// migrator.run(&pool).await?;
    ///
    /// let page = tokio::task::spawn_blocking(move || metrics.to_text()).await?;
    /// assert!(page.contains("db_migrations_applied{database=\"users\"} 1\n"));
    /// assert!(page.contains("db_migrations_pending{database=\"users\"} 0\n"));
    /// # Ok(())
    /// # }
    /// # #[cfg(feature = "sqlx-sqlite")]
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`MigratorError`] outside of a runtime of tokio, when the database has a migrator
    /// already, or when the families are taken.
    pub fn instrument_migrator<DB>(
        &self,
        database: &str,
        pool: &Pool<DB>,
        migrator: &Migrator,
    ) -> Result<(), MigratorError>
    where
        DB: Instrumentable,
        for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
        (i64, Option<i64>): for<'r> FromRow<'r, DB::Row>,
    {
        let runtime = Handle::try_current().map_err(|_| MigratorError::NoRuntime)?;
        let known = migrator
            .iter()
            .filter(|one| !one.migration_type.is_down_migration());
        let known: Arc<BTreeSet<i64>> = Arc::new(known.map(|one| one.version).collect());
        // A field that sqlx hides, since there is no other way to know: a table that was
        // renamed would seem to be missing.
        // As a number, since `Any` knows no column of SQLite that is true or false.
        let sql = format!(
            "SELECT version, CASE WHEN success THEN version END FROM {}",
            migrator.table_name
        );
        let gauges = gauges(self.registry().settings().profile);
        let (pool, name) = (pool.clone(), database.to_owned());
        let kept = Mutex::new(Kept::default());
        let slot = Slot::of_fallible(slot_name(database), move || {
            if pool.is_closed() {
                return Ok(Vec::new());
            }
            // Never held while the database is asked.
            let lock = || kept.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = lock().fresh(Instant::now());
            if let Some(standing) = fresh {
                return Ok(standing.families(gauges, &name));
            }
            let (pool, sql, known) = (pool.clone(), sql.clone(), Arc::clone(&known));
            let asked = async move { ask(&pool, sql, &known).await };
            let standing = wait(&runtime, asked, PATIENCE)?;
            *lock() = Kept(Some((Instant::now(), standing)));
            Ok(standing.families(gauges, &name))
        });
        let families = gauges.map(|(name, help, label)| {
            let head = Head::new(Kind::Gauge, name, help);
            (head, vec![label.to_owned()])
        });
        self.registry().declare_callbacks(&families, slot)?;
        Ok(())
    }
}

/// How long the database may take. Longer than a page waits for it: it is there for the
/// connection and the thread, which are free again afterwards.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a query on the runtime and waits for it, on a thread that may wait.
fn wait(
    runtime: &Handle,
    asked: impl Future<Output = Result<Standing, Error>> + Send + 'static,
    patience: Duration,
) -> Result<Standing, String> {
    let (sender, receiver) = sync_channel(1);
    let asking = runtime.spawn(async move {
        // Nobody waits any more if the program has ended.
        let _ = sender.send(asked.await);
    });
    match receiver.recv_timeout(patience) {
        Ok(Ok(standing)) => Ok(standing),
        Ok(Err(error)) => Err(format!("the table of migrations can't be read: {error}")),
        Err(RecvTimeoutError::Timeout) => {
            asking.abort();
            Err(format!("the database gave no answer in {patience:?}"))
        }
        Err(RecvTimeoutError::Disconnected) => {
            Err("the runtime that asks the database has ended".to_owned())
        }
    }
}

/// What a migrator is called in `metrics_collector_success`, whose values are short.
fn slot_name(database: &str) -> String {
    let end = database.floor_char_boundary(500);
    format!("db_migrations{{database={:?}}}", &database[..end])
}

#[cfg(test)]
mod tests {
    use super::{FRESH, Kept, Standing, wait};
    use std::collections::BTreeSet;
    use std::time::{Duration, Instant};

    // Mutations: a dirty one is applied; what is unknown isn't.
    #[test]
    fn a_migration_is_applied_pending_dirty_or_unknown() {
        let known = BTreeSet::from([1, 2, 3]);
        let standing = |applied, pending, dirty, unknown| Standing {
            applied,
            pending,
            dirty,
            unknown,
        };
        for (done, expected) in [
            (&[][..], standing(0, 3, 0, 0)),
            (&[(1, Some(1)), (2, Some(2))], standing(2, 1, 0, 0)),
            (&[(1, Some(1)), (2, None)], standing(1, 2, 1, 0)),
            (
                &[(1, Some(1)), (2, Some(2)), (3, Some(3))],
                standing(3, 0, 0, 0),
            ),
            (&[(1, Some(1)), (9, Some(9))], standing(2, 2, 0, 1)),
            (&[(9, None)], standing(0, 3, 1, 0)),
        ] {
            assert_eq!(Standing::of(&known, done), expected, "{done:?}");
        }
    }

    // Mutations: `wait` doesn't look at the time, and hangs; it doesn't abort.
    #[test]
    fn a_database_that_hangs_is_given_up_and_its_query_with_it() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build();
        let runtime = runtime.expect("it starts");
        let held = std::sync::Arc::new(());
        let (query, kept) = (
            std::sync::Arc::clone(&held),
            std::sync::Arc::downgrade(&held),
        );
        drop(held);
        let hangs = async move {
            std::future::pending::<()>().await;
            drop(query);
            Ok(Standing::default())
        };
        let patience = Duration::from_millis(1);
        let told = wait(runtime.handle(), hangs, patience).expect_err("it hangs");
        assert_eq!(told, "the database gave no answer in 1ms");
        let until = Instant::now() + Duration::from_mins(1);
        while kept.upgrade().is_some() {
            assert!(Instant::now() < until, "its query stays");
            std::thread::yield_now();
        }
    }

    // Mutation: `fresh` doesn't look at the time.
    #[test]
    fn an_answer_is_kept_for_a_while() {
        let now = Instant::now();
        let standing = Standing::default();
        assert_eq!(Kept::default().fresh(now), None);
        let kept = Kept(Some((now, standing)));
        assert_eq!(kept.fresh(now), Some(standing));
        let almost = FRESH.saturating_sub(Duration::from_nanos(1));
        assert_eq!(kept.fresh(now + almost), Some(standing));
        assert_eq!(kept.fresh(now + FRESH), None);
    }
}
