//! A mixed load on `MariaDB`, whose own counters are compared.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use integration_tests::mysql::MySql as Server;
use metrics_runtime::Instrumented;
use sqlx::error::DatabaseError;
use sqlx::mysql::MySqlPoolOptions;
use sqlx::{Connection as _, Executor as _, MySql, MySqlConnection, Pool, Row as _};

use crate::operations;
use crate::target::Target;

/// What was done, by name.
type Tally = BTreeMap<&'static str, u64>;

const TASKS: u64 = 4;

const INSERT: &str = "INSERT INTO items VALUES (?, 0)";
const UPDATE: &str = "UPDATE items SET n = n + 1 WHERE id = ?";
const DELETE: &str = "DELETE FROM items WHERE id = ?";
const SELECT: &str = "SELECT id, n FROM items WHERE id >= ? ORDER BY id LIMIT 5";

/// The server's counters that are compared.
const COUNTERS: [&str; 9] = [
    "Com_select",
    "Com_insert",
    "Com_update",
    "Com_delete",
    "Com_begin",
    "Com_commit",
    "Com_rollback",
    "Com_savepoint",
    "Questions",
];

/// What the server says of itself, asked for on a connection of its own.
struct Status {
    connection: MySqlConnection,
    /// Statements that this has sent.
    asked: u64,
}

impl Status {
    async fn number(&mut self, counter: &str) -> sqlx::Result<u64> {
        self.asked += 1;
        let sql = format!("SHOW GLOBAL STATUS LIKE '{counter}'");
        let row = self.connection.fetch_one(sqlx::AssertSqlSafe(sql)).await?;
        let number: String = row.get(1);
        Ok(number.parse().expect("it is a count"))
    }

    async fn counters(&mut self) -> sqlx::Result<BTreeMap<&'static str, u64>> {
        let mut counters = BTreeMap::new();
        // The last one counts what asks for the others.
        for counter in COUNTERS {
            counters.insert(counter, self.number(counter).await?);
        }
        Ok(counters)
    }

    /// Waits for the end of all others.
    async fn wait_for_sessions(&mut self) -> sqlx::Result<()> {
        let ended = async {
            while self.number("Threads_connected").await? > 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok::<_, sqlx::Error>(())
        };
        let ended = tokio::time::timeout(Duration::from_mins(1), ended).await;
        ended.expect("its sessions end")
    }
}

/// One of those who put load on the pool; each has its own keys.
struct Task {
    pool: Instrumented<Pool<MySql>>,
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
        let update = sqlx::query(UPDATE).bind(id).execute(&mut *transaction);
        let affected = update.await?.rows_affected();
        self.add("update", 1);
        self.add("affected", affected);
        let rows = sqlx::query(SELECT).bind(id).fetch(&mut *transaction);
        let rows: Vec<_> = rows.try_collect().await?;
        self.add("select", 1);
        self.add("fetched", rows.len() as u64);
        let mut savepoint = transaction.begin().await?;
        let delete = sqlx::query(DELETE).bind(id).execute(&mut *savepoint);
        let affected = delete.await?.rows_affected();
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
                let insert = sqlx::query(INSERT).bind(id).execute(&self.pool);
                ("23", insert.await.map(drop))
            }
            1 => ("42", self.pool.execute("SELEC 1").await.map(drop)),
            _ => {
                let mut connection = self.pool.acquire().await?;
                connection.execute("SET max_statement_time = 0.002").await?;
                let slept = loop {
                    let slept = connection.execute("SELECT SLEEP(60)").await.map(drop);
                    if slept.is_err() {
                        break slept;
                    }
                    // Interrupted at another moment, it is a row that says so.
                    self.add("select", 1);
                };
                connection.execute("SET max_statement_time = 0").await?;
                self.add("set", 2);
                ("70", slept)
            }
        };
        let error = failed.expect_err("it can't work");
        let code = error.as_database_error().and_then(DatabaseError::code);
        assert!(code.is_some_and(|code| code.starts_with(class)), "{error}");
        self.add(class, 1);
        Ok(())
    }

    async fn step(&mut self) -> sqlx::Result<()> {
        match self.random.u8(0..16) {
            0..=4 => drop(self.insert().await?),
            5..=8 => {
                let rows = sqlx::query(SELECT).bind(self.next - 3);
                let rows = rows.fetch_all(&self.pool).await?;
                self.add("select", 1);
                self.add("fetched", rows.len() as u64);
            }
            9 | 10 => {
                let update = sqlx::query(UPDATE).bind(self.next);
                let affected = update.execute(&self.pool).await?.rows_affected();
                self.add("update", 1);
                self.add("affected", affected);
            }
            11 => {
                // Three statements at once, which the server counts one by one.
                let batch = "INSERT INTO batches VALUES (1), (2); \
                    UPDATE batches SET n = n + 1 WHERE n < 0; INSERT INTO batches VALUES (3)";
                let results = sqlx::raw_sql(batch).execute_many(&self.pool);
                let counts = results.map_ok(|result| result.rows_affected());
                let counts: Vec<u64> = counts.try_collect().await?;
                assert_eq!(counts.len(), 3);
                self.add("batch", 1);
                self.add("affected", counts.iter().sum());
            }
            12 | 13 => {
                let end = self.random.u8(0..3);
                self.transaction(end).await?;
            }
            _ => self.fail().await?,
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

/// Runs all tasks, and adds up what they did.
async fn run(pool: &Instrumented<Pool<MySql>>, steps: u64) -> sqlx::Result<Tally> {
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
        ("select", of("select")),
        ("update", of("update")),
        ("delete", of("delete")),
        ("other", of("set")),
    ] {
        assert_eq!(target.queries(operation, "ok"), expected, "{operation}");
    }
    for (operation, class) in [("insert", "23"), ("other", "42"), ("select", "70")] {
        assert!(of(class) > 0, "{class}");
        assert_eq!(target.class(class), of(class), "{class}");
        assert_eq!(target.queries(operation, "error"), of(class), "{class}");
    }
    assert_eq!(sum("db_rows_fetched_total", &[]), of("fetched"));
    assert_eq!(sum("db_rows_affected_total", &[]), of("affected"));
    assert_eq!(sum("db_execute_many_total", &[]), of("batch"));
    for end in ["committed", "rolled_back", "dropped"] {
        assert_eq!(target.ended(end), of(end), "{end}");
    }
    assert_eq!(sum("db_connection_errors_total", &[]), 0);
}

/// What the server counts is what we count: of batches each part, of transactions and
/// savepoints their statements, and of each connection the one that sets it up and the
/// one that ends it.
fn expected(target: Target, of: impl Fn(&str) -> u64) -> [(&'static str, u64); 9] {
    let all = |operation| target.sum("db_queries_total", &[("operation", operation)]);
    let begun = target.sum("db_transactions_begun_total", &[]);
    let rolled_back = target.ended("rolled_back") + target.ended("dropped");
    let statements = target.sum("db_queries_total", &[]) + 2 * of("batch");
    let connections = target.sum("db_new_connections_total", &[]);
    [
        ("Com_select", all("select")),
        ("Com_insert", all("insert") + of("batch")),
        ("Com_update", all("update") + of("batch")),
        ("Com_delete", all("delete")),
        ("Com_begin", begun),
        ("Com_commit", target.ended("committed")),
        ("Com_rollback", rolled_back),
        ("Com_savepoint", begun),
        // Of transactions the begin, the savepoint, its release and the end.
        ("Questions", statements + 4 * begun + 2 * connections),
    ]
}

// Mutations: errors of `MySql` are read as those of `SQLite`; `begin` of a pool makes no
// `Open`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_equal_those_of_mariadb() -> sqlx::Result<()> {
    let server = Server::start();
    let mut status = Status {
        connection: MySqlConnection::connect(&server.url()).await?,
        asked: 0,
    };
    for sql in [
        "CREATE TABLE items (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)",
        "CREATE TABLE batches (n BIGINT NOT NULL)",
    ] {
        status.connection.execute(sql).await?;
    }
    let before = status.counters().await?;
    let asked = status.asked;

    let target = Target::new();
    let pool = target.mysql(&server.url()).await;
    let done = run(&pool, operations(100_000)).await?;
    let of = |what: &str| done.get(what).copied().unwrap_or(0);
    assert_tally(target, of);

    pool.inner().close().await;
    status.wait_for_sessions().await?;
    let after = status.counters().await?;
    let asked = status.asked - asked;
    for (counter, expected) in expected(target, of) {
        let own = if counter == "Questions" { asked } else { 0 };
        let counted = after[counter] - before[counter] - own;
        assert_eq!(counted, expected, "{counter}");
    }
    println!("mariadb: {done:?}, as the server says");
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_down_refuses_connections_and_nothing_else() -> sqlx::Result<()> {
    let mut server = Server::start();
    let target = Target::new();
    let options = MySqlPoolOptions::new().acquire_timeout(Duration::from_millis(600));
    let bare = options.connect(&server.url()).await?;
    let pool = target.metrics.instrument_pool("main", &bare);
    let pool = pool.expect("the name is free");
    pool.execute("SELECT 1").await?;
    server.kill();
    let text = |error: sqlx::Error| error.to_string();
    let failed = pool.execute("SELECT 1").await.map_err(text);
    assert_eq!(
        failed.err(),
        bare.execute("SELECT 1").await.map_err(text).err()
    );
    // Where the connection is tested, and a new one is opened: there is no query.
    assert_eq!(target.sum("db_connection_errors_total", &[]), 1);
    assert_eq!(target.sum("db_queries_total", &[]), 1);
    server.restart();
    pool.execute("SELECT 1").await?;
    assert_eq!(target.queries("select", "ok"), 2);
    bare.close().await;
    Ok(())
}
