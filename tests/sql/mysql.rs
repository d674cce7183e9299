//! A mixed load on `MariaDB`, whose own counters are compared.

use std::collections::BTreeMap;
use std::time::Duration;

use integration_tests::mysql::MySql as Server;
use sqlx::mysql::{MySqlPoolOptions, MySqlQueryResult};
use sqlx::{Connection as _, Executor as _, MySql, MySqlConnection, Row as _};

use crate::operations;
use crate::target::Target;
use crate::task::{Load, Task, assert_tally, run};

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

impl Load for MySql {
    const TASKS: u64 = 4;

    const INSERT: &'static str = "INSERT INTO items VALUES (?, 0)";
    const UPDATE: &'static str = "UPDATE items SET n = n + 1 WHERE id = ?";
    const DELETE: &'static str = "DELETE FROM items WHERE id = ?";
    const SELECT: &'static str = "SELECT id, n FROM items WHERE id >= ? ORDER BY id LIMIT 5";

    fn affected(result: &MySqlQueryResult) -> u64 {
        result.rows_affected()
    }

    async fn step(task: &mut Task<Self>) -> sqlx::Result<()> {
        match task.random.u8(0..16) {
            0..=4 => drop(task.insert().await?),
            5..=8 => task.select().await?,
            9 | 10 => task.update().await?,
            11 => task.batch().await?,
            12 | 13 => task.transaction().await?,
            _ => fail(task).await?,
        }
        Ok(())
    }
}

/// A statement that fails in a known way.
async fn fail(task: &mut Task<MySql>) -> sqlx::Result<()> {
    let (class, failed) = match task.random.u8(0..3) {
        0 => ("23", task.insert_again().await?),
        1 => ("42", task.pool.execute("SELEC 1").await.map(drop)),
        _ => {
            let mut connection = task.pool.acquire().await?;
            connection.execute("SET max_statement_time = 0.002").await?;
            let slept = loop {
                let slept = connection.execute("SELECT SLEEP(60)").await.map(drop);
                if slept.is_err() {
                    break slept;
                }
                // Interrupted at another moment, it is a row that says so.
                task.add("select", 1);
            };
            connection.execute("SET max_statement_time = 0").await?;
            task.add("set", 2);
            ("70", slept)
        }
    };
    task.failed(class, failed);
    Ok(())
}

/// Our errors against the tally of those who met them.
#[track_caller]
fn assert_errors(target: Target, of: impl Fn(&str) -> u64) {
    for (operation, class) in [("insert", "23"), ("other", "42"), ("select", "70")] {
        assert!(of(class) > 0, "{class}");
        assert_eq!(target.class(class), of(class), "{class}");
        assert_eq!(target.queries(operation, "error"), of(class), "{class}");
    }
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
    assert_errors(target, of);

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
