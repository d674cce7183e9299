//! Those who put a mixed load on a pool, and the tally of what they did.

use std::collections::BTreeMap;
use std::future::Future;

use futures_util::TryStreamExt as _;
use metrics_runtime::{Instrumentable, Instrumented};
use sqlx::error::DatabaseError;
use sqlx::{Encode, Executor, IntoArguments, Pool, Type};

use crate::target::Target;

/// What was done, by name.
pub(crate) type Tally = BTreeMap<&'static str, u64>;

/// A load on a database, with its statements as that writes them.
pub(crate) trait Load: Instrumentable {
    /// How many run at a time.
    const TASKS: u64;

    const INSERT: &'static str;
    const UPDATE: &'static str;
    const DELETE: &'static str;
    const SELECT: &'static str;

    /// How many rows a statement has changed, as sqlx says.
    fn affected(result: &Self::QueryResult) -> u64;

    /// One of many steps, drawn at random.
    fn step(task: &mut Task<Self>) -> impl Future<Output = sqlx::Result<()>> + Send;
}

/// One of those who put load on the pool; each has its own keys.
pub(crate) struct Task<DB: Load> {
    pub(crate) pool: Instrumented<Pool<DB>>,
    pub(crate) random: fastrand::Rng,
    /// The key of the row that was inserted last.
    pub(crate) next: i64,
    done: Tally,
}

impl<DB: Load> Task<DB> {
    pub(crate) fn add(&mut self, what: &'static str, count: u64) {
        *self.done.entry(what).or_default() += count;
    }

    async fn run(mut self, steps: u64) -> sqlx::Result<Tally> {
        for _ in 0..steps {
            DB::step(&mut self).await?;
        }
        Ok(self.done)
    }
}

impl<DB: Load> Task<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    pub(crate) async fn insert(&mut self) -> sqlx::Result<i64> {
        self.next += 1;
        let insert = sqlx::query(DB::INSERT).bind(self.next);
        let result = insert.execute(&self.pool).await?;
        self.add("insert", 1);
        self.add("affected", DB::affected(&result));
        Ok(self.next)
    }

    /// Inserts a row that is there already.
    pub(crate) async fn insert_again(&mut self) -> sqlx::Result<sqlx::Result<()>> {
        let id = self.insert().await?;
        let insert = sqlx::query(DB::INSERT).bind(id);
        Ok(insert.execute(&self.pool).await.map(drop))
    }

    pub(crate) async fn select(&mut self) -> sqlx::Result<()> {
        let rows = sqlx::query(DB::SELECT).bind(self.next - 3);
        let rows = rows.fetch_all(&self.pool).await?;
        self.add("select", 1);
        self.add("fetched", rows.len() as u64);
        Ok(())
    }

    pub(crate) async fn update(&mut self) -> sqlx::Result<()> {
        let update = sqlx::query(DB::UPDATE).bind(self.next);
        let result = update.execute(&self.pool).await?;
        self.add("update", 1);
        self.add("affected", DB::affected(&result));
        Ok(())
    }

    /// Three statements at once, which the server counts one by one.
    pub(crate) async fn batch(&mut self) -> sqlx::Result<()> {
        let batch = "INSERT INTO batches VALUES (1), (2); \
            UPDATE batches SET n = n + 1 WHERE n < 0; INSERT INTO batches VALUES (3)";
        let results = sqlx::raw_sql(batch).execute_many(&self.pool);
        let counts = results.map_ok(|result| DB::affected(&result));
        let counts: Vec<u64> = counts.try_collect().await?;
        assert_eq!(counts.len(), 3);
        self.add("batch", 1);
        self.add("affected", counts.iter().sum());
        Ok(())
    }

    /// An update, a select and a delete in a transaction that ends in one of three ways.
    pub(crate) async fn transaction(&mut self) -> sqlx::Result<()> {
        let end = self.random.u8(0..3);
        let id = self.insert().await?;
        let mut transaction = self.pool.begin().await?;
        let update = sqlx::query(DB::UPDATE).bind(id);
        let result = update.execute(&mut *transaction).await?;
        self.add("update", 1);
        self.add("affected", DB::affected(&result));
        let rows = sqlx::query(DB::SELECT).bind(id).fetch(&mut *transaction);
        let rows: Vec<_> = rows.try_collect().await?;
        self.add("select", 1);
        self.add("fetched", rows.len() as u64);
        let mut savepoint = transaction.begin().await?;
        let delete = sqlx::query(DB::DELETE).bind(id);
        let result = delete.execute(&mut *savepoint).await?;
        self.add("delete", 1);
        self.add("affected", DB::affected(&result));
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

    /// Takes down that a statement has failed with a code of this class.
    #[track_caller]
    pub(crate) fn failed<T>(&mut self, class: &'static str, result: sqlx::Result<T>) {
        let error = result.err().expect("it can't work");
        let code = error.as_database_error().and_then(DatabaseError::code);
        assert!(code.is_some_and(|code| code.starts_with(class)), "{error}");
        self.add(class, 1);
    }
}

/// Runs all tasks, and adds up what they did.
pub(crate) async fn run<DB: Load>(
    pool: &Instrumented<Pool<DB>>,
    steps: u64,
) -> sqlx::Result<Tally> {
    let tasks = (0..DB::TASKS).map(|task| {
        let task = Task {
            pool: pool.clone(),
            random: fastrand::Rng::with_seed(task),
            next: i64::try_from(task).expect("it is small") * 1_000_000,
            done: Tally::new(),
        };
        tokio::spawn(task.run(steps / DB::TASKS))
    });
    let mut done = Tally::new();
    for task in tasks.collect::<Vec<_>>() {
        for (what, count) in task.await.expect("it doesn't panic")? {
            *done.entry(what).or_default() += count;
        }
    }
    Ok(done)
}

/// Our statements, rows and ends of transactions against the tally of those who did it.
#[track_caller]
pub(crate) fn assert_tally(target: Target, of: impl Fn(&str) -> u64) {
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
    assert_eq!(sum("db_rows_fetched_total", &[]), of("fetched"));
    assert_eq!(sum("db_rows_affected_total", &[]), of("affected"));
    assert_eq!(sum("db_execute_many_total", &[]), of("batch"));
    for end in ["committed", "rolled_back", "dropped"] {
        assert_eq!(target.ended(end), of(end), "{end}");
    }
    assert_eq!(sum("db_connection_errors_total", &[]), 0);
}
