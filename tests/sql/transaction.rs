//! Transactions, and how they end.

use metrics_runtime::Registry;
use sqlx::Executor as _;

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
