//! A query in a function under `#[track_query]` is that function's.

use futures_util::{Stream, TryStreamExt as _};
use metrics_runtime::{Instrumented, Registry, counted, track_query};
use sqlx::{Executor as _, Pool, Row as _, Sqlite};

use crate::target::Target;

static REGISTRY: Registry = Registry::new();

#[track_query(select, table = "items", database = "main", registry = REGISTRY)]
async fn find(pool: &Instrumented<Pool<Sqlite>>) -> sqlx::Result<i64> {
    // Two statements: one query of the repository.
    sqlx::query("SELECT 1").execute(pool).await?;
    let row = sqlx::query("SELECT id FROM items").fetch_one(pool).await?;
    Ok(row.get(0))
}

#[track_query(select, table = "items", database = "main", registry = REGISTRY)]
fn all(pool: &Instrumented<Pool<Sqlite>>) -> impl Stream<Item = sqlx::Result<i64>> {
    let rows = sqlx::query_scalar("SELECT id FROM items");
    rows.fetch(pool)
}

#[track_query(other, table = "items", database = "main", when = false, registry = REGISTRY)]
async fn untracked(pool: &Instrumented<Pool<Sqlite>>) -> sqlx::Result<()> {
    sqlx::query("SELECT 1").execute(pool).await.map(drop)
}

#[counted(registry = REGISTRY)]
async fn other(pool: &Instrumented<Pool<Sqlite>>) -> sqlx::Result<()> {
    sqlx::query("SELECT 1").execute(pool).await.map(drop)
}

// Mutations: `is_tracked` is always false; `Tracked` doesn't put back what was; it is
// set for calls that are no queries.
#[tokio::test]
async fn a_query_of_an_annotated_function_is_counted_once() -> sqlx::Result<()> {
    let target = Target::of(&REGISTRY);
    let pool = target.sqlite().await;
    pool.execute("CREATE TABLE items (id BIGINT PRIMARY KEY)")
        .await?;
    pool.execute("INSERT INTO items VALUES (7)").await?;
    let of = |table| {
        let labels = [("operation", "select"), ("table", table)];
        target.sum("db_queries_total", &labels)
    };
    assert_eq!(find(&pool).await?, 7);
    assert_eq!(["items", ""].map(of), [1, 0]);
    // What the attribute doesn't know.
    let fetched = || target.sum("db_rows_fetched_total", &[("operation", "select")]);
    assert_eq!(fetched(), 1);

    assert_eq!(all(&pool).try_collect::<Vec<_>>().await?, [7]);
    assert_eq!(["items", ""].map(of), [2, 0]);
    assert_eq!(fetched(), 2);

    // To the function, no row is an error; the database has answered.
    pool.execute("DELETE FROM items").await?;
    assert!(find(&pool).await.is_err());
    assert_eq!(["items", ""].map(of), [3, 0]);
    assert_eq!(target.sum("db_errors_total", &[]), 1);
    assert_eq!(target.sum("db_errors_by_class_total", &[]), 0);
    pool.execute("DROP TABLE items").await?;
    assert!(find(&pool).await.is_err());
    assert_eq!(["items", ""].map(of), [4, 0]);
    assert_eq!(target.sum("db_errors_total", &[]), 2);
    assert_eq!(target.class("SQLITE_ERROR"), 1);

    // Outside of it, and in what isn't recorded as a query.
    sqlx::query("SELECT 1").execute(&pool).await?;
    untracked(&pool).await?;
    other(&pool).await?;
    assert_eq!(["items", ""].map(of), [4, 3]);
    Ok(())
}
