//! The database and the cache of the application: `SQLite` through sqlx, and moka.

use futures_util::TryStreamExt as _;
use metrics_runtime::{Instrumented, Metrics, MokaFutureCache, track_model, track_query};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqlitePoolOptions, SqliteQueryResult};
use sqlx::{AssertSqlSafe, Executor as _, Pool, Row as _, SqlSafeStr as _, Sqlite};

/// What Django's `Item` does, as far as its metrics tell.
pub(crate) struct ItemRepository(Instrumented<Pool<Sqlite>>);

#[track_model(model = "item")]
impl ItemRepository {
    /// A database in memory, of one connection.
    pub(crate) async fn connect(metrics: Metrics) -> sqlx::Result<Self> {
        let options = SqlitePoolOptions::new().max_connections(1);
        let options = metrics.count_connections("default", options);
        let pool = options.connect("sqlite::memory:").await?;
        let pool = metrics.instrument_pool("default", &pool);
        let pool = pool.expect("the name is free");
        let migrator = migrator();
        migrator.run(pool.inner()).await?;
        let migrations = metrics.instrument_migrator("default", pool.inner(), &migrator);
        migrations.expect("the name is free");
        pool.execute("CREATE TABLE item (name TEXT UNIQUE)").await?;
        Ok(Self(pool))
    }

    #[track_model(insert)]
    pub(crate) async fn create(&self, name: &str) -> sqlx::Result<()> {
        let insert = sqlx::query("INSERT INTO item VALUES ($1)").bind(name);
        insert.execute(&self.0).await.map(drop)
    }

    #[track_model(update)]
    pub(crate) async fn save(&self, from: &str, to: &str) -> sqlx::Result<()> {
        self.rename(from, to).await
    }

    #[track_model(delete)]
    pub(crate) async fn delete(&self, name: &str) -> sqlx::Result<()> {
        let delete = sqlx::query("DELETE FROM item WHERE name = $1").bind(name);
        delete.execute(&self.0).await.map(drop)
    }

    // Not counted by model, as in Django: `bulk_create`, `update`, `delete` of a
    // query set and `executemany`.

    pub(crate) async fn create_in_bulk(&self, names: [&str; 2]) -> sqlx::Result<()> {
        let insert = sqlx::query("INSERT INTO item VALUES ($1), ($2)");
        let insert = insert.bind(names[0]).bind(names[1]);
        insert.execute(&self.0).await.map(drop)
    }

    pub(crate) async fn update_all(&self, from: &str, to: &str) -> sqlx::Result<()> {
        self.rename(from, to).await
    }

    pub(crate) async fn delete_all(&self) -> sqlx::Result<()> {
        self.0.execute("DELETE FROM item").await.map(drop)
    }

    /// Two rows, by a statement each.
    pub(crate) async fn create_many(&self) -> sqlx::Result<Vec<SqliteQueryResult>> {
        let inserts = "INSERT INTO item VALUES ('a'); INSERT INTO item VALUES ('b')";
        self.0.execute_many(inserts).try_collect().await
    }

    // The query in it is this one: it is counted once.
    #[track_query(select, table = "item")]
    pub(crate) async fn count(&self) -> sqlx::Result<i64> {
        let row = self.0.fetch_one("SELECT count(*) FROM item").await?;
        row.try_get(0)
    }

    async fn rename(&self, from: &str, to: &str) -> sqlx::Result<()> {
        let update = sqlx::query("UPDATE item SET name = $2 WHERE name = $1");
        let update = update.bind(from).bind(to).execute(&self.0);
        update.await.map(drop)
    }
}

/// Fifteen migrations, as many as Django's application has.
fn migrator() -> Migrator {
    let migrations = (1..=15).map(|version| {
        let sql = AssertSqlSafe(format!("CREATE TABLE table_{version} (id INTEGER)"));
        let kind = MigrationType::Simple;
        Migration::new(version, "".into(), kind, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// The cache.
pub(crate) struct Cache(MokaFutureCache<String, String>);

impl Cache {
    pub(crate) fn new(metrics: Metrics) -> Self {
        let builder = moka::future::Cache::builder();
        Self(metrics.instrument_moka_future("locmem", builder))
    }

    pub(crate) async fn set(&self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned()).await;
    }

    pub(crate) async fn get(&self, key: &str) -> Option<String> {
        self.0.get(key).await
    }
}
