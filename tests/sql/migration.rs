//! Migrations before, half-way and after, on real databases.

use integration_tests::postgres::Postgres as Server;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::{Database, Executor, FromRow, Pool, SqlStr};

use metrics_runtime::{Instrumentable, MigratorError};

use crate::target::Target;

/// The first three migrations of a program that has so many; each can be undone.
fn migrator(count: i64) -> Migrator {
    let statements = [
        "CREATE TABLE one (id BIGINT)",
        "CREATE TABLE two (id BIGINT)",
        "CREATE TABLE three (id BIGINT)",
    ];
    let undo = ["DROP TABLE one", "DROP TABLE two", "DROP TABLE three"];
    let migration = |version: i64, kind: MigrationType, sql: &'static str| {
        Migration::new(
            version,
            "a table".into(),
            kind,
            SqlStr::from_static(sql),
            false,
        )
    };
    let pairs = (1..=count).zip(statements.into_iter().zip(undo));
    let both = pairs.flat_map(|(version, (sql, undo))| {
        [
            migration(version, MigrationType::ReversibleUp, sql),
            migration(version, MigrationType::ReversibleDown, undo),
        ]
    });
    Migrator::with_migrations(both.collect())
}

/// Applied, pending, dirty and unknown ones, as a page says that is made in a registry of
/// its own: none of what was answered before is kept there.
async fn standing<DB>(pool: &Pool<DB>, migrator: &Migrator) -> [Option<u64>; 4]
where
    DB: Instrumentable,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    (i64, Option<i64>): for<'r> FromRow<'r, DB::Row>,
{
    let target = Target::new();
    let registered = target.metrics.instrument_migrator("main", pool, migrator);
    registered.expect("a runtime is here, and the name is free");
    let page = tokio::task::spawn_blocking(move || target.page()).await;
    let page = page.expect("it doesn't panic");
    let labels = [("database", "main")];
    let collector = [("collector", "db_migrations{database=\"main\"}")];
    let success = page.sum("metrics_collector_success", &collector);
    let values = ["applied", "pending", "dirty", "unknown"].map(|name| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts"
        )]
        let count = |value: f64| value as u64;
        page.sum(&format!("db_migrations_{name}"), &labels)
            .map(count)
    });
    // A pool that is closed has nothing to say, and isn't wrong.
    let expected = f64::from(values[0].is_some() || pool.is_closed());
    assert!(
        success.is_none_or(|success| (success - expected).abs() < 0.5),
        "{success:?}"
    );
    assert!(success.is_some() || pool.is_closed());
    values
}

/// The states that a database goes through.
async fn go_through<DB>(pool: &Pool<DB>) -> Result<(), Box<dyn std::error::Error>>
where
    DB: Instrumentable,
    DB::Connection: Migrate,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    (i64, Option<i64>): for<'r> FromRow<'r, DB::Row>,
    <DB as Database>::QueryResult: Send,
{
    let all = migrator(3);
    let counts = |counts: [u64; 4]| counts.map(Some);
    // Without the table of migrations.
    assert_eq!(standing(pool, &all).await, counts([0, 3, 0, 0]));
    all.run_to(2, pool).await?;
    assert_eq!(standing(pool, &all).await, counts([2, 1, 0, 0]));
    // A program that is older than its database.
    assert_eq!(standing(pool, &migrator(1)).await, counts([1 + 1, 0, 0, 1]));
    all.run(pool).await?;
    assert_eq!(standing(pool, &all).await, counts([3, 0, 0, 0]));
    // As one that fails half-way leaves it, where it isn't in a transaction.
    pool.execute("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 3")
        .await?;
    assert_eq!(standing(pool, &all).await, counts([2, 1, 1, 0]));
    assert!(all.run(pool).await.is_err(), "it is dirty");
    pool.execute("UPDATE _sqlx_migrations SET success = TRUE WHERE version = 3")
        .await?;
    all.undo(pool, 0).await?;
    assert_eq!(standing(pool, &all).await, counts([0, 3, 0, 0]));

    // What can't be read says so, and takes nothing else with it.
    pool.execute("ALTER TABLE _sqlx_migrations RENAME COLUMN success TO done")
        .await?;
    assert_eq!(standing(pool, &all).await, [None; 4]);
    pool.close().await;
    assert_eq!(standing(pool, &all).await, [None; 4]);
    Ok(())
}

// Mutation: `is_without_table` is always false.
#[tokio::test]
async fn migrations_of_sqlite_are_counted() -> Result<(), Box<dyn std::error::Error>> {
    let options = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    go_through(&options.connect("sqlite::memory:").await?).await
}

#[tokio::test]
async fn migrations_of_postgres_are_counted() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start();
    // One connection: a migrator that fails keeps its lock, which is that connection's.
    let options = sqlx::postgres::PgPoolOptions::new().max_connections(1);
    go_through(&options.connect(&server.url()).await?).await
}

#[tokio::test]
async fn migrations_of_mysql_are_counted() -> Result<(), Box<dyn std::error::Error>> {
    let server = integration_tests::mysql::MySql::start();
    let options = sqlx::mysql::MySqlPoolOptions::new().max_connections(1);
    go_through(&options.connect(&server.url()).await?).await
}

// Mutation: what has succeeded is asked for as true or false, which `Any` doesn't know of
// SQLite.
#[tokio::test]
async fn migrations_of_any_database_are_counted() -> Result<(), Box<dyn std::error::Error>> {
    sqlx::any::install_default_drivers();
    let server = Server::start();
    for url in ["sqlite::memory:", &server.url()] {
        let options = sqlx::any::AnyPoolOptions::new().max_connections(1);
        go_through(&options.connect(url).await?).await?;
    }
    Ok(())
}

// Mutation: `instrument_migrator` spawns on whatever runs the collectors.
#[test]
fn without_a_runtime_a_migrator_is_refused() {
    let runtime = crate::runtime();
    let pool = runtime.block_on(async {
        let options = sqlx::sqlite::SqlitePoolOptions::new();
        options
            .connect_lazy("sqlite::memory:")
            .expect("the address is valid")
    });
    let target = Target::new();
    let register = || {
        target
            .metrics
            .instrument_migrator("main", &pool, &migrator(1))
    };
    let refused = register().expect_err("no runtime is here");
    assert_eq!(refused, MigratorError::NoRuntime);
    let _entered = runtime.enter();
    assert_eq!(register(), Ok(()));
    let taken = register().expect_err("the database has a migrator");
    assert!(matches!(taken, MigratorError::Register(_)), "{taken}");
}
