//! Transactions, and how they end.

use std::time::Duration;

use futures_util::FutureExt as _;
use integration_tests::mysql::MySql as MySqlServer;
use integration_tests::postgres::Postgres as Server;
use metrics_runtime::{Connected, Link, Registry};
use sqlx::{Connection as _, Executor as _, Transaction};

use crate::target::Target;

const ENDS: [&str; 4] = ["committed", "rolled_back", "dropped", "failed"];

// Mutations: `End::Dropped` isn't the default; `commit` forgets to set `Committed`.
#[tokio::test]
async fn a_transaction_ends_in_one_of_four_ways() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    pool.execute("CREATE TABLE parents (id BIGINT PRIMARY KEY)")
        .await?;
    pool.execute(
        "CREATE TABLE children (id BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
    )
    .await?;
    let ended = || ENDS.map(|end| target.ended(end));

    let mut transaction = pool.begin().await?;
    transaction
        .execute("INSERT INTO parents VALUES (1)")
        .await?;
    assert_eq!(target.sum("db_transactions_begun_total", &[]), 1);
    assert_eq!(ended(), [0, 0, 0, 0]);
    transaction.commit().await?;
    assert_eq!(ended(), [1, 0, 0, 0]);

    let transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    transaction.rollback().await?;
    assert_eq!(ended(), [1, 1, 0, 0]);

    let mut transaction = pool.begin().await?;
    transaction
        .execute("INSERT INTO parents VALUES (2)")
        .await?;
    drop(transaction);
    assert_eq!(ended(), [1, 1, 1, 0]);

    // A constraint that is looked at when it is committed.
    let mut transaction = pool.begin().await?;
    transaction
        .execute("INSERT INTO children VALUES (9)")
        .await?;
    assert!(transaction.commit().await.is_err());
    assert_eq!(ended(), [1, 1, 1, 1]);
    assert_eq!(target.class("SQLITE_CONSTRAINT"), 1);

    let failed = pool.begin_with("SELEC 1").await.map(drop);
    assert!(failed.is_err());
    assert_eq!(target.sum("db_transactions_begun_total", &[]), 4);
    assert_eq!(target.class("SQLITE_ERROR"), 1);

    // Nothing has stayed of those that weren't committed.
    let found: i64 = sqlx::query_scalar("SELECT SUM(id) FROM parents")
        .fetch_one(&pool)
        .await?;
    assert_eq!(found, 1);
    // Neither `BEGIN` nor `COMMIT` is a query.
    assert_eq!(target.queries("other", "ok"), 2);
    Ok(())
}

static SHARED: Registry = Registry::new();

#[tokio::test]
async fn a_savepoint_is_no_transaction_of_its_own() -> sqlx::Result<()> {
    let target = Target::of(&SHARED);
    let pool = target.sqlite().await;
    let mut connection = pool.acquire().await?;
    let mut transaction = connection.begin().await?;
    let mut savepoint = transaction.begin().await?;
    let nested = savepoint.begin().await?;
    drop(nested);
    savepoint.rollback().await?;
    transaction.commit().await?;
    assert_eq!(target.sum("db_transactions_begun_total", &[]), 1);
    assert_eq!(ENDS.map(|end| target.ended(end)), [1, 0, 0, 0]);
    // The connection is none any more.
    let transaction = connection.begin().await?;
    transaction.rollback().await?;
    assert_eq!(ENDS.map(|end| target.ended(end)), [1, 1, 0, 0]);
    Ok(())
}

/// Drops transactions of one connection and begins others at once.
async fn drop_and_begin<C: Connected>(connection: &mut Link<C>, target: Target) -> sqlx::Result<()>
where
    for<'t> Transaction<'t, C::Database>: Connected<Database = C::Database>,
{
    const TURNS: u64 = 50;
    for _ in 0..TURNS {
        drop(connection.begin().await?);
        let mut transaction = connection.begin().await?;
        // A savepoint that was dropped leaves the next one a savepoint.
        drop(transaction.begin().await?);
        transaction.begin().await?.commit().await?;
        transaction.commit().await?;
    }
    let begun = target.sum("db_transactions_begun_total", &[]);
    assert_eq!(begun, 2 * TURNS);
    assert_eq!(ENDS.map(|end| target.ended(end)), [TURNS, 0, TURNS, 0]);
    Ok(())
}

// Mutation: it is before the begin that the connection is asked whether it is in a
// transaction, while the thread of SQLite has still to roll back.
#[tokio::test]
async fn a_transaction_after_a_dropped_one_is_none_of_its_savepoints() -> sqlx::Result<()> {
    const MEMORY: &str = "sqlite::memory:";
    sqlx::any::install_default_drivers();
    let target = Target::new();
    let pool = target.sqlite().await;
    drop_and_begin(&mut *pool.acquire().await?, target).await?;

    let target = Target::new();
    let connection = sqlx::SqliteConnection::connect(MEMORY).await?;
    let mut connection = target.metrics.instrument_connection("main", connection);
    drop_and_begin(&mut connection, target).await?;

    let target = Target::new();
    let connection = sqlx::AnyConnection::connect(MEMORY).await?;
    let mut connection = target.metrics.instrument_connection("main", connection);
    drop_and_begin(&mut connection, target).await?;

    let server = Server::start();
    let target = Target::new();
    let pool = target.postgres(&server.url()).await;
    drop_and_begin(&mut *pool.acquire().await?, target).await?;
    pool.inner().close().await;

    let server = MySqlServer::start();
    let target = Target::new();
    let pool = target.mysql(&server.url()).await;
    drop_and_begin(&mut *pool.acquire().await?, target).await?;
    pool.inner().close().await;
    Ok(())
}

// Mutation: `try_begin` waits for a connection.
#[tokio::test]
async fn a_transaction_begins_at_once_if_a_connection_is_idle() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    let transaction = pool.begin().await?;
    let none = pool.try_begin().now_or_never();
    assert!(matches!(none, Some(Ok(None))));
    let none = pool.try_begin_with("BEGIN IMMEDIATE").now_or_never();
    assert!(matches!(none, Some(Ok(None))));
    transaction.commit().await?;
    for statement in [None, Some("BEGIN IMMEDIATE")] {
        // A connection comes back to its pool by a task.
        let begun = async {
            loop {
                let begun = match statement {
                    Some(statement) => pool.try_begin_with(statement).await?,
                    None => pool.try_begin().await?,
                };
                match begun {
                    Some(transaction) => break transaction.rollback().await,
                    None => tokio::task::yield_now().await,
                }
            }
        };
        let begun = tokio::time::timeout(Duration::from_mins(1), begun).await;
        begun.expect("a connection is idle")?;
    }
    assert_eq!(ENDS.map(|end| target.ended(end)), [1, 2, 0, 0]);
    Ok(())
}
