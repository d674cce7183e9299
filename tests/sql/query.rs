//! How a query ends, and what is recorded of it then.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use integration_tests::child::in_child;
use integration_tests::postgres::Postgres as Server;
use metrics_runtime::builtin::database::{
    db_connection_acquire_duration_seconds, db_errors_by_class_total, db_transactions_begun_total,
    db_transactions_total,
};
use metrics_runtime::builtin::query::db_queries_total;
use metrics_runtime::{Diagnostic, Outcome, count_request_queries, set_diagnostics_hook};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Executor as _, Row as _, SqlStr, SqlitePool};
use tokio::sync::Notify;

use crate::runtime;
use crate::target::Target;

/// Takes its time: one poll doesn't see its end.
const LONG: &str = "WITH RECURSIVE numbers (n) AS \
    (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 1000000) SELECT COUNT(*) FROM numbers";

/// Polls until the future waits for something for the first time, and drops it.
fn poll_once(future: impl Future) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
}

// Mutations: `Meter` has no `Drop`; `end` doesn't look at what was recorded.
#[tokio::test]
async fn a_query_that_is_given_up_is_cancelled_once() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    pool.execute("CREATE TABLE items (id BIGINT)").await?;
    pool.execute("INSERT INTO items VALUES (1), (2), (3)")
        .await?;
    let mut connection = pool.acquire().await?;
    drop(sqlx::query("SELECT 1").execute(&mut *connection));
    assert_eq!(target.queries("select", "cancelled"), 0, "never polled");
    poll_once(sqlx::query(LONG).execute(&mut *connection));
    assert_eq!(target.queries("select", "cancelled"), 1);

    // A stream that isn't read to its end; what it gave counts.
    let mut rows = sqlx::query("SELECT id FROM items").fetch(&mut *connection);
    assert!(rows.try_next().await?.is_some());
    drop(rows);
    assert_eq!(target.queries("select", "cancelled"), 2);
    let select = [("operation", "select")];
    assert_eq!(target.sum("db_rows_fetched_total", &select), 1);

    // One that is, and is asked again.
    let mut rows = sqlx::query("SELECT id FROM items").fetch(&mut *connection);
    while rows.try_next().await?.is_some() {}
    assert_eq!(target.queries("select", "ok"), 1);
    drop(rows);
    assert_eq!(target.queries("select", "ok"), 1);
    assert_eq!(target.queries("select", "cancelled"), 2);
    assert_eq!(target.sum("db_rows_fetched_total", &select), 4);
    Ok(())
}

/// Waits until the pool has a connection that nobody uses.
async fn until_idle(pool: &SqlitePool) {
    let idle = async {
        while pool.num_idle() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let idle = tokio::time::timeout(Duration::from_mins(1), idle).await;
    assert!(idle.is_ok(), "no connection is idle");
}

// Mutation: the wait for a connection is part of the query.
#[tokio::test]
async fn without_a_connection_there_is_no_query() -> sqlx::Result<()> {
    let target = Target::new();
    let options = SqlitePoolOptions::new().max_connections(1);
    let options = options.acquire_timeout(Duration::from_millis(600));
    let options = options.test_before_acquire(false);
    // The pool opens it by itself, for which it has minutes, if none has to be closed
    // for its age; one that is idle is then there at once.
    let options = options.min_connections(1);
    let options = options.max_lifetime(None).idle_timeout(None);
    let bare = options.connect_lazy("sqlite::memory:")?;
    until_idle(&bare).await;
    let pool = target.metrics.instrument_pool("main", &bare);
    let pool = pool.expect("the name is free");
    let held = pool.acquire().await?;
    let line = [("state", "active")];
    assert_eq!(target.sum("db_connections", &line), 1);

    let failed = sqlx::query("SELECT 1").execute(&pool).await;
    assert!(matches!(failed, Err(sqlx::Error::PoolTimedOut)));
    let failed = pool.acquire().await.map(drop);
    assert!(matches!(failed, Err(sqlx::Error::PoolTimedOut)));
    let failed = sqlx::query("SELECT 1").fetch(&pool).next().await;
    assert!(matches!(failed, Some(Err(sqlx::Error::PoolTimedOut))));
    let failed = (&pool)
        .prepare(SqlStr::from_static("SELECT 1"))
        .await
        .map(drop);
    assert!(matches!(failed, Err(sqlx::Error::PoolTimedOut)));
    poll_once(sqlx::query("SELECT 1").execute(&pool));
    assert!(pool.try_acquire().is_none());

    let acquired = |outcome| {
        let labels = [("database", "main"), ("outcome", outcome)];
        target.sum("db_connection_acquire_duration_seconds_count", &labels)
    };
    let by_outcome = ["ok", "error", "cancelled"].map(acquired);
    assert_eq!(by_outcome, [1, 4, 1]);
    let timeouts = [("database", "main"), ("class", "pool_timeout")];
    assert_eq!(target.sum("db_connection_errors_total", &timeouts), 4);
    assert_eq!(target.sum("db_queries_total", &[]), 0);
    assert_eq!(target.sum("db_errors_total", &[]), 0);

    drop(held);
    until_idle(&bare).await;
    sqlx::query("SELECT 1").execute(&pool).await?;
    assert_eq!(target.queries("select", "ok"), 1);
    assert_eq!(acquired("ok"), 2);
    until_idle(&bare).await;
    let held = pool.acquire().await?;
    bare.close().now_or_never();
    let failed = pool.begin().await.map(drop);
    assert!(matches!(failed, Err(sqlx::Error::PoolClosed)));
    let closed = [("database", "main"), ("class", "pool_closed")];
    assert_eq!(target.sum("db_connection_errors_total", &closed), 1);
    assert_eq!(target.sum("db_transactions_begun_total", &[]), 0);
    drop(held);
    Ok(())
}

// Mutation: an instrumented query in a callback of the pool is taken for that which
// waits for the connection.
#[tokio::test]
async fn a_callback_of_the_pool_may_run_instrumented_queries() -> sqlx::Result<()> {
    let target = Target::new();
    let metrics = target.metrics;
    let options = SqlitePoolOptions::new().max_connections(1);
    let options = options.acquire_timeout(Duration::from_mins(5));
    let has_run = Arc::new(Notify::new());
    let running = Arc::clone(&has_run);
    let options = options.after_connect(move |connection, _| {
        let running = Arc::clone(&running);
        Box::pin(async move {
            let mut connection = metrics.instrument_connection("setup", connection);
            connection.execute("PRAGMA user_version = 1").await?;
            running.notify_one();
            Err(sqlx::Error::Protocol("on purpose".to_owned()))
        })
    });
    let bare = options.connect_lazy("sqlite::memory:")?;
    let pool = metrics.instrument_pool("main", &bare);
    let pool = pool.expect("the name is free");
    // The pool tries again as long as it may, so the query is given up while it does.
    let has_run = tokio::time::timeout(Duration::from_mins(1), has_run.notified());
    let has_run = has_run.map(|has_run| has_run.expect("the callback runs"));
    tokio::select! {
        _ = sqlx::query("SELECT 1").execute(&pool) => panic!("there is a connection"),
        () = has_run => {}
    }
    assert!(target.queries("other", "ok") >= 1);
    assert_eq!(
        target.sum("db_queries_total", &[("operation", "select")]),
        0
    );
    let given_up = [("database", "main"), ("outcome", "cancelled")];
    let acquires = "db_connection_acquire_duration_seconds_count";
    assert_eq!(target.sum(acquires, &given_up), 1);
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_down_refuses_connections_and_nothing_else() -> sqlx::Result<()> {
    let mut server = Server::start();
    let url = server.url();
    server.kill();
    let target = Target::new();
    let options = PgPoolOptions::new().acquire_timeout(Duration::from_millis(200));
    let bare = options.connect_lazy(&url)?;
    let pool = target.metrics.instrument_pool("main", &bare);
    let pool = pool.expect("the name is free");
    let (own, bare) = (
        sqlx::query("SELECT 1").execute(&pool).await,
        sqlx::query("SELECT 1").execute(&bare).await,
    );
    let text = |error: sqlx::Error| error.to_string();
    assert_eq!(own.map_err(text).err(), bare.map_err(text).err());
    assert_eq!(target.sum("db_connection_errors_total", &[]), 1);
    assert_eq!(target.sum("db_queries_total", &[]), 0);
    assert_eq!(target.sum("db_connections", &[]), 0);
    Ok(())
}

#[tokio::test]
async fn errors_are_told_apart_by_their_class() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    pool.execute("CREATE TABLE items (id BIGINT PRIMARY KEY)")
        .await?;
    let insert = || sqlx::query("INSERT INTO items VALUES (1)").execute(&pool);
    insert().await?;
    assert!(insert().await.is_err());
    assert!(pool.execute("SELEC 1").await.is_err());
    assert!(pool.execute("SELECT * FROM nothing").await.is_err());
    let statement = SqlStr::from_static("SELECT * FROM nothing");
    assert!((&pool).prepare(statement).await.is_err());
    for (class, expected) in [("SQLITE_CONSTRAINT", 1), ("SQLITE_ERROR", 3)] {
        assert_eq!(target.class(class), expected, "{class}");
    }
    let failed = ["insert", "select", "other"].map(|operation| target.queries(operation, "error"));
    assert_eq!(failed, [1, 1, 1]);
    let errors = |operation| target.sum("db_errors_total", &[("operation", operation)]);
    assert_eq!(["insert", "select", "other"].map(errors), [1, 1, 1]);
    Ok(())
}

// Mutation: `table` keeps the series that it had.
#[tokio::test]
async fn a_table_is_a_label_where_it_is_told() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    // S1: nothing of a statement is on the page.
    pool.execute("CREATE TABLE secrets (id BIGINT)").await?;
    let items = pool.clone().table("items");
    sqlx::query("SELECT * FROM secrets").execute(&items).await?;
    let mut connection = items.acquire().await?;
    sqlx::query("SELECT 1").execute(&mut connection).await?;
    let mut transaction = connection.begin().await?.table("others");
    sqlx::query("SELECT 1").execute(&mut *transaction).await?;
    transaction.commit().await?;
    let of = |table| {
        let labels = [("table", table), ("operation", "select")];
        target.sum("db_queries_total", &labels)
    };
    assert_eq!(["items", "others", ""].map(of), [2, 1, 0]);
    assert!(!target.metrics.to_text().contains("secrets"));
    Ok(())
}

// The registry is the global one, which no other test here counts requests in.
#[tokio::test]
async fn queries_count_for_the_request_that_makes_them() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    let of_requests = || {
        let target = Target::of(metrics_runtime::global());
        target.sum("http_request_db_queries_sum", &[])
    };
    count_request_queries(async {
        sqlx::query("SELECT 1").execute(&pool).await?;
        sqlx::query("SELECT 2").fetch_all(&pool).await?;
        poll_once(sqlx::query(LONG).execute(&mut pool.acquire().await?));
        Ok::<_, sqlx::Error>(())
    })
    .await?;
    assert_eq!(of_requests(), 3);
    Ok(())
}

/// What the hook was told, of all tests.
fn told() -> Arc<Mutex<Vec<Diagnostic>>> {
    static TOLD: OnceLock<Arc<Mutex<Vec<Diagnostic>>>> = OnceLock::new();
    let told = TOLD.get_or_init(|| {
        let told = Arc::new(Mutex::new(Vec::new()));
        let hook = Arc::clone(&told);
        set_diagnostics_hook(move |diagnostic| {
            let mut told = hook.lock().expect("no test panics with it");
            told.push(diagnostic.clone());
        })
        .expect("only this sets it");
        told
    });
    Arc::clone(told)
}

// Mutation: the statement is told as it is.
#[tokio::test]
async fn a_slow_query_is_told_without_its_literals() -> sqlx::Result<()> {
    let told = told();
    let server = Server::start();
    let target = Target::new();
    let pool = target.postgres(&server.url()).await.table("slow");
    // The default is 100 ms.
    let sql = "SELECT pg_sleep(0.11), 'secret' AS name -- secret";
    for _ in 0..2 {
        let row = sqlx::query(sql).fetch_one(&pool).await?;
        assert_eq!(row.get::<String, _>("name"), "secret");
    }
    let labels = [("operation", "select"), ("table", "slow")];
    assert_eq!(target.sum("db_slow_queries_total", &labels), 2);
    let told: Vec<String> = {
        let told = told.lock().expect("no test panics with it");
        let slow = told.iter().map(ToString::to_string);
        slow.filter(|text| text.contains("pg_sleep")).collect()
    };
    let [first, ..] = told.as_slice() else {
        panic!("nothing is told");
    };
    assert!(first.starts_with("a query on `main` took "), "{first}");
    assert!(
        first.contains(": select pg_sleep (?), ? as name ("),
        "{first}"
    );
    pool.inner().close().await;
    Ok(())
}

// Mutation: the registry keeps the pool itself.
#[tokio::test]
async fn a_pool_that_is_dropped_is_gone_and_its_name_is_free() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    let other = pool.clone();
    sqlx::query("SELECT 1").execute(&pool).await?;
    let mut closed = pool.inner().close_event();
    drop(pool);
    assert_eq!(target.sum("db_connections", &[]), 1, "a clone is there");
    drop(other);
    assert_eq!(target.page().sum("db_connections", &[]), None);
    // Nobody has the pool any more, which is how sqlx closes it.
    tokio::time::timeout(Duration::from_mins(1), &mut closed)
        .await
        .expect("it is closed");
    let again = target.sqlite().await;
    sqlx::query("SELECT 1").execute(&again).await?;
    assert_eq!(target.queries("select", "ok"), 2);
    Ok(())
}

// Mutation: `begin` doesn't ask whether calls are recorded.
#[test]
fn nothing_is_recorded_where_that_is_turned_off() {
    const NAME: &str = "query::nothing_is_recorded_where_that_is_turned_off";
    in_child(NAME, &[("METRICS_ENABLED", "false")], || {
        runtime().block_on(async {
            // The page is empty then; the series of the global registry can be read.
            let target = Target::of(metrics_runtime::global());
            let pool = target.sqlite().await;
            sqlx::query("SELECT 1")
                .execute(&pool)
                .await
                .expect("it works");
            let transaction = pool.begin().await.expect("it works");
            transaction.commit().await.expect("it works");
            assert!(pool.execute("SELEC").await.is_err());
            let queries = |operation, outcome| {
                let queries = db_queries_total("main", operation, "", outcome);
                queries.get()
            };
            assert_eq!(queries("select", Outcome::Ok), 0);
            assert_eq!(queries("other", Outcome::Error), 0);
            assert_eq!(db_errors_by_class_total("main", "SQLITE_ERROR").get(), 0);
            assert_eq!(db_transactions_begun_total("main").get(), 0);
            assert_eq!(db_transactions_total("main", "committed").get(), 0);
            let acquired = db_connection_acquire_duration_seconds("main", Outcome::Ok);
            assert_eq!(acquired.count(), 0);
        });
    });
}
