//! A mixed load on `PostgreSQL`, whose own statistics are compared.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Waker};

use integration_tests::postgres::Postgres as Server;
use metrics_runtime::Instrumented;
use sqlx::postgres::PgQueryResult;
use sqlx::{Executor as _, Pool, Postgres, SqlStr};

use crate::operations;
use crate::statistics::{Statistics, Transactions};
use crate::target::Target;
use crate::task::{Load, Task, assert_tally, run};

const ONE: &str = "SELECT id, n FROM items WHERE id = $1";

impl Load for Postgres {
    const TASKS: u64 = 8;

    const INSERT: &'static str = "INSERT INTO items VALUES ($1, 0)";
    const UPDATE: &'static str = "UPDATE items SET n = n + 1 WHERE id = $1";
    const DELETE: &'static str = "DELETE FROM items WHERE id = $1";
    const SELECT: &'static str = "SELECT id, n FROM items WHERE id >= $1 ORDER BY id LIMIT 5";

    fn affected(result: &PgQueryResult) -> u64 {
        result.rows_affected()
    }

    async fn step(task: &mut Task<Self>) -> sqlx::Result<()> {
        match task.random.u8(0..20) {
            0..=4 => drop(task.insert().await?),
            5..=8 => task.select().await?,
            9 => select_one(task).await?,
            10 | 11 => task.update().await?,
            12 => select_unprepared(task).await?,
            13 => task.batch().await?,
            14..=16 => task.transaction().await?,
            17 | 18 => fail(task).await?,
            _ => give_up(task).await?,
        }
        Ok(())
    }
}

async fn select_one(task: &mut Task<Postgres>) -> sqlx::Result<()> {
    // Of more rows, the server would count all, and we the one that is given.
    let found = sqlx::query(ONE).bind(task.next).fetch_optional(&task.pool);
    let found = u64::from(found.await?.is_some());
    task.add("select", 1);
    task.add("fetched", found);
    Ok(())
}

async fn select_unprepared(task: &mut Task<Postgres>) -> sqlx::Result<()> {
    let rows = sqlx::raw_sql("SELECT id FROM items WHERE id < 0 OR n < 0");
    let rows = rows.fetch_all(&task.pool).await?;
    task.add("select", 1);
    task.add("fetched", rows.len() as u64);
    Ok(())
}

/// A statement that fails in a known way.
async fn fail(task: &mut Task<Postgres>) -> sqlx::Result<()> {
    let (class, failed) = match task.random.u8(0..3) {
        0 => ("23", task.insert_again().await?),
        1 => ("42", task.pool.execute("SELEC 1").await.map(drop)),
        _ => {
            let mut connection = task.pool.acquire().await?;
            // It gives itself up: a timeout could strike what comes after it.
            let gives_up = "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)";
            let slept = connection.execute(gives_up).await.map(drop);
            connection.execute("SET statement_timeout = 0").await?;
            task.add("set", 1);
            ("57", slept)
        }
    };
    task.failed(class, failed);
    Ok(())
}

/// A statement that is given up while the server is at it.
async fn give_up(task: &mut Task<Postgres>) -> sqlx::Result<()> {
    let mut connection = task.pool.acquire().await?;
    let mut slept = pin!(connection.execute("SELECT pg_sleep(0.002)"));
    let mut context = Context::from_waker(Waker::noop());
    let polled = slept.as_mut().poll(&mut context);
    // On a busy machine it may be over by then.
    let end = if polled.is_pending() {
        "cancelled"
    } else {
        "slept"
    };
    task.add(end, 1);
    Ok(())
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
        for sql in [
            Postgres::INSERT,
            Postgres::UPDATE,
            Postgres::DELETE,
            ONE,
            Postgres::SELECT,
        ] {
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

/// Our errors against the tally of those who met them.
#[track_caller]
fn assert_errors(target: Target, of: impl Fn(&str) -> u64) {
    let sum = |family, labels: &[(&str, &str)]| target.sum(family, labels);
    assert_eq!(target.queries("select", "cancelled"), of("cancelled"));
    for class in ["23", "42", "57"] {
        assert_eq!(target.class(class), of(class), "{class}");
        assert!(of(class) > 0, "{class}");
    }
    let failed = of("23") + of("42") + of("57");
    assert_eq!(sum("db_errors_total", &[]), failed);
    assert_eq!(sum("db_errors_by_class_total", &[]), failed);
    assert_eq!(sum("db_queries_total", &[("outcome", "error")]), failed);
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
    assert_errors(target, of);

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
