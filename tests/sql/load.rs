//! A mixed load on `PostgreSQL`, whose own statistics are compared.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use futures_util::TryStreamExt as _;
use integration_tests::postgres::Postgres as Server;
use metrics_runtime::Instrumented;
use sqlx::error::DatabaseError;
use sqlx::{Executor as _, Pool, Postgres, SqlStr};

use crate::operations;
use crate::statistics::{Statistics, Transactions};
use crate::target::Target;

/// What was done, by name.
type Tally = BTreeMap<&'static str, u64>;

const TASKS: u64 = 8;

const INSERT: &str = "INSERT INTO items VALUES ($1, 0)";
const UPDATE: &str = "UPDATE items SET n = n + 1 WHERE id = $1";
const DELETE: &str = "DELETE FROM items WHERE id = $1";
const ONE: &str = "SELECT id, n FROM items WHERE id = $1";
const SELECT: &str = "SELECT id, n FROM items WHERE id >= $1 ORDER BY id LIMIT 5";

/// One of those who put load on the pool; each has its own keys.
struct Task {
    pool: Instrumented<Pool<Postgres>>,
    random: fastrand::Rng,
    next: i64,
    done: Tally,
}

impl Task {
    fn add(&mut self, what: &'static str, count: u64) {
        *self.done.entry(what).or_default() += count;
    }

    async fn insert(&mut self) -> sqlx::Result<i64> {
        self.next += 1;
        let insert = sqlx::query(INSERT).bind(self.next);
        let result = insert.execute(&self.pool).await?;
        self.add("insert", 1);
        self.add("affected", result.rows_affected());
        Ok(self.next)
    }

    /// An update, a select and a delete in a transaction that ends as it is told.
    async fn transaction(&mut self, end: u8) -> sqlx::Result<()> {
        let id = self.insert().await?;
        let mut transaction = self.pool.begin().await?;
        let update = sqlx::query(UPDATE).bind(id);
        let affected = update.execute(&mut *transaction).await?.rows_affected();
        self.add("update", 1);
        self.add("affected", affected);
        let rows = sqlx::query(SELECT).bind(id).fetch(&mut *transaction);
        let rows: Vec<_> = rows.try_collect().await?;
        self.add("select", 1);
        self.add("fetched", rows.len() as u64);
        let mut savepoint = transaction.begin().await?;
        let delete = sqlx::query(DELETE).bind(id);
        let affected = delete.execute(&mut *savepoint).await?.rows_affected();
        self.add("delete", 1);
        self.add("affected", affected);
        savepoint.commit().await?;
        match end {
            0 => {
                transaction.commit().await?;
                self.add("committed", 1);
            }
            1 => {
                transaction.rollback().await?;
                self.add("rolled_back", 1);
            }
            _ => {
                drop(transaction);
                self.add("dropped", 1);
            }
        }
        Ok(())
    }

    /// A statement that fails in a known way.
    async fn fail(&mut self) -> sqlx::Result<()> {
        let (class, failed) = match self.random.u8(0..3) {
            0 => {
                let id = self.insert().await?;
                let insert = sqlx::query(INSERT).bind(id);
                ("23", insert.execute(&self.pool).await.map(drop))
            }
            1 => ("42", self.pool.execute("SELEC 1").await.map(drop)),
            _ => {
                let mut connection = self.pool.acquire().await?;
                // It gives itself up: a timeout could strike what comes after it.
                let gives_up = "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)";
                let slept = connection.execute(gives_up).await.map(drop);
                connection.execute("SET statement_timeout = 0").await?;
                self.add("set", 1);
                ("57", slept)
            }
        };
        let error = failed.expect_err("it can't work");
        let code = error.as_database_error().and_then(DatabaseError::code);
        assert!(code.is_some_and(|code| code.starts_with(class)), "{error}");
        self.add(class, 1);
        Ok(())
    }

    async fn step(&mut self) -> sqlx::Result<()> {
        match self.random.u8(0..20) {
            0..=4 => drop(self.insert().await?),
            5..=8 => {
                let first = self.next - 3;
                let rows = sqlx::query(SELECT)
                    .bind(first)
                    .fetch_all(&self.pool)
                    .await?;
                self.add("select", 1);
                self.add("fetched", rows.len() as u64);
            }
            9 => {
                // Of more rows, the server would count all, and we the one that is given.
                let found = sqlx::query(ONE).bind(self.next).fetch_optional(&self.pool);
                let found = u64::from(found.await?.is_some());
                self.add("select", 1);
                self.add("fetched", found);
            }
            10 | 11 => {
                let update = sqlx::query(UPDATE).bind(self.next);
                let affected = update.execute(&self.pool).await?.rows_affected();
                self.add("update", 1);
                self.add("affected", affected);
            }
            12 => {
                // Without preparation.
                let rows = sqlx::raw_sql("SELECT id FROM items WHERE id < 0 OR n < 0");
                let rows = rows.fetch_all(&self.pool).await?;
                self.add("select", 1);
                self.add("fetched", rows.len() as u64);
            }
            13 => {
                // Three statements at once, which the server counts one by one.
                let batch = "INSERT INTO batches VALUES (1), (2); \
                    UPDATE batches SET n = n + 1 WHERE n < 0; INSERT INTO batches VALUES (3)";
                let results = sqlx::raw_sql(batch).execute_many(&self.pool);
                let counts = results.map_ok(|result| result.rows_affected());
                let counts: Vec<u64> = counts.try_collect().await?;
                self.add("batch", 1);
                self.add("affected", counts.iter().sum());
            }
            14..=16 => {
                let end = self.random.u8(0..3);
                self.transaction(end).await?;
            }
            17 | 18 => self.fail().await?,
            _ => {
                // Given up while the server is at it.
                let mut connection = self.pool.acquire().await?;
                let mut slept = pin!(connection.execute("SELECT pg_sleep(0.002)"));
                let mut context = Context::from_waker(Waker::noop());
                let polled = slept.as_mut().poll(&mut context);
                // On a busy machine it may be over by then.
                let end = if polled.is_pending() {
                    "cancelled"
                } else {
                    "slept"
                };
                self.add(end, 1);
            }
        }
        Ok(())
    }

    async fn run(mut self, steps: u64) -> sqlx::Result<Tally> {
        for _ in 0..steps {
            self.step().await?;
        }
        Ok(self.done)
    }
}

/// Prepares every statement on each connection, so that none is prepared in a
/// transaction later: to prepare one is a transaction of its own. So is the look for the
/// names of a table's columns, for the first statement of a connection that reads one.
/// Returns how many there were.
async fn prepare(pool: &Instrumented<Pool<Postgres>>) -> sqlx::Result<u64> {
    let mut connections = Vec::new();
    for _ in 0..pool.inner().options().get_max_connections() {
        connections.push(pool.acquire().await?);
    }
    let mut prepared = 0;
    for connection in &mut connections {
        for sql in [INSERT, UPDATE, DELETE, ONE, SELECT] {
            let connection = connection.inner_mut();
            (&mut **connection)
                .prepare(SqlStr::from_static(sql))
                .await?;
            prepared += 1;
        }
        prepared += 1;
    }
    Ok(prepared)
}

/// The transactions that the server has seen: those that were begun, and each statement,
/// or batch of them, outside of one.
fn transactions(target: Target, of: impl Fn(&str) -> u64, prepared: u64) -> Transactions {
    let queries = |outcome| target.sum("db_queries_total", &[("outcome", outcome)]);
    let ended = target.sum("db_transactions_total", &[]);
    // Each has an update, a select and a delete.
    let alone = queries("ok") - 3 * ended;
    // It goes on at the server when nobody waits for it any more.
    let given_up = of("cancelled");
    // To let a client in is one too.
    let sessions = target.sum("db_new_connections_total", &[]);
    Transactions {
        committed: target.ended("committed") + alone + given_up + prepared + sessions,
        rolled_back: target.ended("rolled_back") + target.ended("dropped") + queries("error"),
    }
}

/// Runs all tasks, and adds up what they did.
async fn run(pool: &Instrumented<Pool<Postgres>>, steps: u64) -> sqlx::Result<Tally> {
    let tasks = (0..TASKS).map(|task| {
        let task = Task {
            pool: pool.clone(),
            random: fastrand::Rng::with_seed(task),
            next: i64::try_from(task).expect("it is small") * 1_000_000,
            done: Tally::new(),
        };
        tokio::spawn(task.run(steps / TASKS))
    });
    let mut done = Tally::new();
    for task in tasks.collect::<Vec<_>>() {
        for (what, count) in task.await.expect("it doesn't panic")? {
            *done.entry(what).or_default() += count;
        }
    }
    Ok(done)
}

/// Ours against the tally of those who did it.
#[track_caller]
fn assert_tally(target: Target, of: impl Fn(&str) -> u64) {
    let sum = |family, labels: &[(&str, &str)]| target.sum(family, labels);
    for (operation, expected) in [
        ("insert", of("insert") + of("batch")),
        ("select", of("select") + of("slept")),
        ("update", of("update")),
        ("delete", of("delete")),
        ("other", of("set")),
    ] {
        assert_eq!(target.queries(operation, "ok"), expected, "{operation}");
    }
    assert_eq!(target.queries("select", "cancelled"), of("cancelled"));
    for class in ["23", "42", "57"] {
        assert_eq!(target.class(class), of(class), "{class}");
        assert!(of(class) > 0, "{class}");
    }
    let failed = of("23") + of("42") + of("57");
    assert_eq!(sum("db_errors_total", &[]), failed);
    assert_eq!(sum("db_errors_by_class_total", &[]), failed);
    assert_eq!(sum("db_queries_total", &[("outcome", "error")]), failed);
    assert_eq!(sum("db_rows_fetched_total", &[]), of("fetched"));
    assert_eq!(sum("db_rows_affected_total", &[]), of("affected"));
    assert_eq!(sum("db_execute_many_total", &[]), of("batch"));
    for end in ["committed", "rolled_back", "dropped"] {
        assert_eq!(target.ended(end), of(end), "{end}");
    }
    assert_eq!(sum("db_connection_errors_total", &[]), 0);
}

/// Ours against what the server says, which has counted what was rolled back too.
async fn assert_server(
    target: Target,
    statistics: &mut Statistics,
    of: impl Fn(&str) -> u64,
) -> sqlx::Result<()> {
    let affected = |operation| {
        let labels = [("operation", operation)];
        target.sum("db_rows_affected_total", &labels)
    };
    let ok = |operation| target.queries(operation, "ok");
    let fetched = target.sum("db_rows_fetched_total", &[]);
    for (operation, calls, rows) in [
        (
            "insert",
            ok("insert") - of("batch"),
            affected("insert") - 3 * of("batch"),
        ),
        ("select", ok("select") - of("slept"), fetched),
        ("update", ok("update"), affected("update")),
        ("delete", ok("delete"), affected("delete")),
    ] {
        let like = format!("query ILIKE '{operation} %'");
        assert_eq!(
            statistics.statements("calls", &like).await?,
            calls,
            "{operation}"
        );
        assert_eq!(
            statistics.statements("rows", &like).await?,
            rows,
            "{operation}"
        );
    }
    for (statement, expected) in [
        ("BEGIN", target.sum("db_transactions_begun_total", &[])),
        ("COMMIT", target.ended("committed")),
        (
            "ROLLBACK",
            target.ended("rolled_back") + target.ended("dropped"),
        ),
    ] {
        let is = format!("query = '{statement}'");
        assert_eq!(
            statistics.statements("calls", &is).await?,
            expected,
            "{statement}"
        );
    }
    for (column, expected) in [
        ("n_tup_ins", affected("insert") + of("23")),
        ("n_tup_upd", affected("update")),
        ("n_tup_del", affected("delete")),
    ] {
        let sql = format!("SELECT SUM({column})::BIGINT FROM pg_stat_user_tables");
        assert_eq!(statistics.number(sql).await?, expected, "{column}");
    }
    Ok(())
}

// Mutations: `begin` of a pool makes no `Open`; the rows of `fetch_all` are one; a
// transaction that is dropped is committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_equal_those_of_the_server() -> sqlx::Result<()> {
    let server = Server::start();
    let mut statistics = Statistics::connect(&server).await?;
    let sessions = statistics.of_database("sessions").await?;
    let before = statistics.transactions().await?;

    let target = Target::new();
    let pool = target.postgres(&server.url()).await;
    let prepared = prepare(&pool).await?;
    let done = run(&pool, operations(100_000)).await?;
    let of = |what: &str| done.get(what).copied().unwrap_or(0);
    assert_tally(target, of);

    pool.inner().close().await;
    statistics.wait_for_sessions().await?;
    assert_server(target, &mut statistics, of).await?;
    let more = transactions(target, of, prepared);
    let counted = statistics.wait_for_transactions(before, more).await?;
    assert_eq!(counted, more);
    let sessions = statistics.of_database("sessions").await? - sessions;
    assert_eq!(sessions, target.sum("db_new_connections_total", &[]));
    println!("postgres: {done:?}, as the server says; {more:?}, {sessions} sessions");
    Ok(())
}
