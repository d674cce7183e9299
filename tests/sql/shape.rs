//! Each way to run a query that sqlx documents works through the wrapper, gives what
//! it gives bare, and is recorded once.

use futures_util::TryStreamExt as _;
use integration_tests::mysql::MySql as MySqlServer;
use integration_tests::postgres::Postgres as Server;
use metrics_runtime::{Connected, Link};
use sqlx::{
    AssertSqlSafe, Connection as _, Either, Executor, FromRow, QueryBuilder, Row as _,
    SqlSafeStr as _, Sqlite, Statement as _,
};

use crate::target::Target;

#[derive(Debug, FromRow, PartialEq)]
struct Item {
    id: i64,
    name: String,
}

fn item(id: i64) -> Item {
    let name = format!("item {id}");
    Item { id, name }
}

/// With placeholders as `PostgreSQL` and `SQLite` have them, and as `MySQL` has them.
const INSERT: [&str; 2] = [
    "INSERT INTO items (id, name) VALUES ($1, $2)",
    "INSERT INTO items (id, name) VALUES (?, ?)",
];
const BY_ID: [&str; 2] = [
    "SELECT id, name FROM items WHERE id = $1",
    "SELECT id, name FROM items WHERE id = ?",
];
const ALL: &str = "SELECT id, name FROM items ORDER BY id";

/// Takes any executor, as a repository does that works within a transaction too.
async fn count<'e, E, DB>(executor: E) -> sqlx::Result<i64>
where
    DB: sqlx::Database,
    E: Executor<'e, Database = DB>,
    DB::Arguments: sqlx::IntoArguments<DB>,
    (i64,): for<'r> FromRow<'r, DB::Row>,
{
    sqlx::query_scalar("SELECT COUNT(*) FROM items")
        .fetch_one(executor)
        .await
}

/// Runs every shape with `$pool`; `$placeholders` is the spelling of its statements.
macro_rules! shapes {
    ($pool:ident, $target:ident, $placeholders:literal) => {{
        let (insert_sql, by_id) = (INSERT[$placeholders], BY_ID[$placeholders]);
        // Statements without preparation, as text.
        $pool
            .execute("CREATE TABLE items (id BIGINT PRIMARY KEY, name TEXT NOT NULL)")
            .await?;

        // Prepared: through the pool, a connection and a transaction.
        let insert = |id: i64| sqlx::query(insert_sql).bind(id).bind(item(id).name);
        assert_eq!(insert(1).execute(&$pool).await?.rows_affected(), 1);
        let mut connection = $pool.acquire().await?;
        insert(2).execute(&mut connection).await?;
        insert(3).execute(&mut *connection).await?;
        let mut transaction = connection.begin().await?;
        insert(4).execute(&mut transaction).await?;
        insert(5).execute(&mut *transaction).await?;
        let mut savepoint = transaction.begin().await?;
        insert(6).execute(&mut *savepoint).await?;
        savepoint.rollback().await?;
        transaction.commit().await?;
        assert_eq!(count(&mut *connection).await?, 5);
        drop(connection);
        let mut transaction = $pool.begin().await?;
        insert(6).execute(&mut *transaction).await?;
        assert_eq!(count(&mut transaction).await?, 6);
        transaction.rollback().await?;
        assert_eq!(count(&$pool).await?, 5);
        assert_eq!($target.queries("insert", "ok"), 7);

        // Rows.
        let query = || sqlx::query(by_id).bind(1_i64);
        assert_eq!(
            query().fetch_one(&$pool).await?.get::<String, _>("name"),
            "item 1"
        );
        assert!(query().fetch_optional(&$pool).await?.is_some());
        assert_eq!(query().fetch_all(&$pool).await?.len(), 1);
        assert_eq!(
            query().fetch(&$pool).try_collect::<Vec<_>>().await?.len(),
            1
        );
        let name = query().map(|row: _| Item::from_row(&row));
        assert_eq!(name.fetch_one(&$pool).await??, item(1));
        let (rows, results) = (&$pool)
            .fetch_many(query())
            .try_fold((0, 0), |(rows, results), step| async move {
                Ok(match step {
                    Either::Left(_) => (rows, results + 1),
                    Either::Right(_) => (rows + 1, results),
                })
            })
            .await?;
        assert_eq!((rows, results), (1, 1));
        let fetched: Vec<Item> = sqlx::query_as(ALL).fetch_all(&$pool).await?;
        assert_eq!(fetched, [1, 2, 3, 4, 5].map(item));
        let fetched: Vec<Item> = sqlx::query_as(ALL).fetch(&$pool).try_collect().await?;
        assert_eq!(fetched.len(), 5);
        let missing: Option<Item> = sqlx::query_as(by_id)
            .bind(9_i64)
            .fetch_optional(&$pool)
            .await?;
        assert_eq!(missing, None);
        // No row, by builders that ask the executor for one and by such that ask for one
        // or none. Mutation: `fetch_one` fails where there is none.
        let none = || sqlx::query(by_id).bind(9_i64);
        let item_of = |row| Item::from_row(&row);
        for missing in [
            none().fetch_one(&$pool).await.map(drop),
            (&$pool).fetch_one(none()).await.map(drop),
            none().map(item_of).fetch_one(&$pool).await.map(drop),
            none().try_map(item_of).fetch_one(&$pool).await.map(drop),
            sqlx::query_as(by_id)
                .bind(9_i64)
                .fetch_one(&$pool)
                .await
                .map(|_: Item| ()),
            sqlx::query_scalar(by_id)
                .bind(9_i64)
                .fetch_one(&$pool)
                .await
                .map(|_: i64| ()),
        ] {
            assert!(matches!(missing, Err(sqlx::Error::RowNotFound)));
        }
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM items")
            .fetch_all(&$pool)
            .await?;
        assert_eq!(ids.len(), 5);

        // Built and unprepared statements.
        let mut builder = QueryBuilder::new("INSERT INTO items (id, name) ");
        builder.push_values([7_i64, 8], |mut row, id| {
            row.push_bind(id).push_bind(item(id).name);
        });
        assert_eq!(builder.build().execute(&$pool).await?.rows_affected(), 2);
        let mut builder = QueryBuilder::new("SELECT id, name FROM items WHERE id > ");
        builder.push_bind(5_i64);
        let fetched: Vec<Item> = builder.build_query_as().fetch_all(&$pool).await?;
        assert_eq!(fetched, [7, 8].map(item));
        let sql = format!("DELETE FROM items WHERE id = {}", 8);
        assert_eq!(
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&$pool)
                .await?
                .rows_affected(),
            1
        );
        assert_eq!(sqlx::raw_sql(ALL).fetch_all(&$pool).await?.len(), 6);
        let batch = "UPDATE items SET name = 'a' WHERE id = 1; DELETE FROM items WHERE id > 6";
        let results = sqlx::raw_sql(batch).execute_many(&$pool);
        let affected = results.map_ok(|result| result.rows_affected());
        assert_eq!(affected.try_collect::<Vec<_>>().await?, [1, 1]);

        // Statements that are kept.
        let statement = (&$pool).prepare(by_id.into_sql_str()).await?;
        assert_eq!(statement.columns().len(), 2);
        let row = statement.query().bind(2_i64).fetch_one(&$pool).await?;
        assert_eq!(row.get::<i64, _>("id"), 2);
        let mut connection = $pool.acquire().await?;
        let statement = (&mut *connection).prepare(by_id.into_sql_str()).await?;
        let found: Option<Item> = statement
            .query_as()
            .bind(3_i64)
            .fetch_optional(&mut connection)
            .await?;
        assert_eq!(found, Some(item(3)));
        let described = (&mut *connection).describe(ALL.into_sql_str()).await?;
        assert_eq!(described.columns().len(), 2);
        drop(connection);

        // Errors are those of the bare library.
        let text = |error: sqlx::Error| error.to_string();
        let failing = "SELECT * FROM nothing";
        let (own, bare) = (
            sqlx::query(failing).execute(&$pool).await.map_err(text),
            sqlx::query(failing)
                .execute($pool.inner())
                .await
                .map_err(text),
        );
        assert!(own.is_err() && own.err() == bare.err());

        // 3 counted, 6 by `query`, 2 of all, 7 of what isn't there, the ids, what was
        // built, the raw one, and 2 of statements.
        assert_eq!($target.queries("select", "ok"), 23);
        assert_eq!($target.queries("select", "error"), 1);
        assert_eq!($target.queries("insert", "ok"), 8);
        assert_eq!($target.queries("delete", "ok"), 1);
        assert_eq!($target.queries("update", "ok"), 1);
        assert_eq!($target.queries("other", "ok"), 1);
        assert_eq!($target.sum("db_execute_many_total", &[]), 1);
        assert_eq!($target.class("row_not_found"), 0);
        assert_eq!($target.sum("db_errors_total", &[]), 1);
        let insert = [("operation", "insert")];
        assert_eq!($target.sum("db_rows_affected_total", &insert), 9);
        let select = [("operation", "select")];
        assert_eq!($target.sum("db_rows_fetched_total", &select), 34);
        // The batch is an update, which the delete is part of.
        assert_eq!(
            $target.sum("db_rows_affected_total", &[("operation", "update")]),
            2
        );
        assert_eq!(
            $target.sum("db_rows_affected_total", &[("operation", "delete")]),
            1
        );
        assert_eq!($target.sum("db_transactions_begun_total", &[]), 2);
        assert_eq!(
            ($target.ended("committed"), $target.ended("rolled_back")),
            (1, 1)
        );
        Ok::<_, sqlx::Error>(())
    }};
}

#[tokio::test]
async fn every_shape_works_with_sqlite() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    shapes!(pool, target, 0)
}

#[tokio::test]
async fn every_shape_works_with_postgres() -> sqlx::Result<()> {
    let server = Server::start();
    let target = Target::new();
    let pool = target.postgres(&server.url()).await;
    let done = shapes!(pool, target, 0);
    pool.inner().close().await;
    done
}

#[tokio::test]
async fn every_shape_works_with_mysql() -> sqlx::Result<()> {
    let server = MySqlServer::start();
    let target = Target::new();
    let pool = target.mysql(&server.url()).await;
    let done = shapes!(pool, target, 1);
    pool.inner().close().await;
    done
}

// Futures of tasks must be `Send`, and what is generic over the executor must not
// meet ambiguities.
#[tokio::test]
async fn queries_can_be_spawned() -> sqlx::Result<()> {
    let pool = Target::new().sqlite().await;
    let task = tokio::spawn(async move {
        pool.execute("CREATE TABLE items (id BIGINT)").await?;
        let mut transaction = pool.begin().await?;
        let found = count(&mut *transaction).await?;
        transaction.commit().await?;
        Ok::<_, sqlx::Error>(found)
    });
    assert_eq!(task.await.expect("it doesn't panic")?, 0);
    Ok(())
}

/// Takes a connection of any kind, as a repository does that runs several queries.
async fn add<C>(connection: &mut Link<C>, id: i64) -> sqlx::Result<()>
where
    C: Connected<Database = Sqlite>,
{
    let mut transaction = connection.begin().await?;
    let insert = sqlx::query(INSERT[0]).bind(id).bind("added");
    insert.execute(&mut *transaction).await?;
    assert!(count(&mut *transaction).await? > 0);
    transaction.commit().await?;
    count(&mut *connection).await.map(drop)
}

// What sqlx's own pool gives to a task is `'static`, and so is this.
#[tokio::test]
async fn a_connection_of_any_kind_is_taken() -> sqlx::Result<()> {
    let target = Target::new();
    let pool = target.sqlite().await;
    pool.execute("CREATE TABLE items (id BIGINT PRIMARY KEY, name TEXT)")
        .await?;
    let acquired = tokio::spawn(pool.acquire());
    let mut connection = acquired.await.expect("it doesn't panic")?;
    let waiting = {
        let clone = pool.clone();
        clone.acquire()
    };
    add(&mut connection, 1).await?;
    add(&mut *connection, 2).await?;
    drop(connection);
    drop(waiting.await?);
    let spawned = pool.clone();
    let task = tokio::spawn(async move {
        let mut transaction = spawned.begin().await?;
        add(&mut transaction, 3).await?;
        add(&mut *transaction.begin().await?, 4).await?;
        transaction.commit().await
    });
    task.await.expect("it doesn't panic")?;
    let own = sqlx::SqliteConnection::connect("sqlite::memory:").await?;
    let mut own = target.metrics.instrument_connection("own", own);
    own.execute("CREATE TABLE items (id BIGINT PRIMARY KEY, name TEXT)")
        .await?;
    add(&mut own, 1).await?;

    // The savepoint in which 4 was added was dropped.
    assert_eq!(count(&pool).await?, 3);
    let of = |database| {
        let labels = [("database", database), ("end", "committed")];
        target.sum("db_transactions_total", &labels)
    };
    assert_eq!(["main", "own"].map(of), [3, 1]);
    assert_eq!(target.queries("insert", "ok"), 5);
    Ok(())
}
