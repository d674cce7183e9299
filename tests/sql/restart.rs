//! The server is killed under load and comes back: no count is lost or invented.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use integration_tests::postgres::Postgres as Server;
use metrics_runtime::Instrumented;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, Error, Executor as _, PgConnection, Pool, Postgres, Row as _};

use crate::ready::Ready;
use crate::target::{Target, count};
use crate::{operations, proves};

#[derive(Default)]
struct Tally {
    ok: AtomicU64,
    failed: AtomicU64,
    begun: AtomicU64,
    /// Those of the failed that are inserts: each of them had its connection.
    inserts: AtomicU64,
    /// Commits that have failed, whose errors are none of a query.
    commits: AtomicU64,
    /// All errors that were returned, by class.
    errors: Mutex<BTreeMap<String, u64>>,
    stop: AtomicBool,
    /// The server doesn't run.
    dead: AtomicBool,
}

impl Tally {
    // Relaxed, here and below: numbers that are read when everything is over.
    fn get(number: &AtomicU64) -> u64 {
        number.load(Ordering::Relaxed)
    }

    fn count<T>(&self, done: &sqlx::Result<T>) {
        let number = if done.is_ok() { &self.ok } else { &self.failed };
        number.fetch_add(1, Ordering::Relaxed);
        self.note(done);
    }

    fn note<T>(&self, done: &sqlx::Result<T>) {
        if let Err(error) = done {
            let class = class_of(error);
            *self.errors().entry(class).or_default() += 1;
        }
    }

    fn errors(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count_insert<T>(&self, done: &sqlx::Result<T>) {
        self.count(done);
        if done.is_err() {
            self.inserts.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The class of an error that a server which is killed may cause.
fn class_of(error: &Error) -> String {
    match error {
        Error::Io(_) => "io".to_owned(),
        Error::Protocol(_) => "protocol".to_owned(),
        Error::PoolTimedOut => "pool_timeout".to_owned(),
        Error::Database(told) => {
            let code = told.code().unwrap_or_default();
            code.get(..2).unwrap_or_default().to_owned()
        }
        other => format!("{other:?}"),
    }
}

/// Errors on the page by class, those of queries, of transactions and of connections.
fn recorded(target: Target) -> BTreeMap<String, u64> {
    let families = ["db_errors_by_class_total", "db_connection_errors_total"];
    let page = target.page();
    let mut errors = BTreeMap::new();
    for sample in page.samples() {
        let class = sample.labels.get("class").cloned();
        if let Some(class) = class.filter(|_| families.contains(&&*sample.name)) {
            *errors.entry(class).or_default() += count(sample.value);
        }
    }
    errors.retain(|_, count| *count > 0);
    errors
}

/// Queries of all kinds, until it is stopped.
async fn put_load(pool: Instrumented<Pool<Postgres>>, tally: Arc<Tally>) {
    while !tally.stop.load(Ordering::Relaxed) {
        tally.count(&sqlx::query("SELECT $1").bind(1_i64).execute(&pool).await);
        tally.count(&sqlx::query("SELECT 2").fetch_all(&pool).await);
        // One that can't get a connection is counted there; it has no query.
        match pool.begin().await {
            Err(error) => tally.count::<()>(&Err(error)),
            Ok(mut transaction) => {
                tally.begun.fetch_add(1, Ordering::Relaxed);
                let insert = sqlx::query("INSERT INTO items VALUES (1)");
                let inserted = insert.execute(&mut *transaction).await;
                tally.count_insert(&inserted);
                let committed = transaction.commit().await;
                tally.note(&committed);
                if committed.is_err() {
                    tally.commits.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
        // Without a server, nothing waits.
        tokio::task::yield_now().await;
    }
}

/// A connection, after whatever else the pool has given.
async fn acquire(
    pool: &Instrumented<Pool<Postgres>>,
    tally: &Tally,
) -> Instrumented<PoolConnection<Postgres>> {
    loop {
        match pool.acquire().await {
            Ok(connection) => return connection,
            Err(error) => tally.count::<()>(&Err(error)),
        }
    }
}

/// Times recorded queries, whose connection has the answer already, until it is told to
/// stop: the 99th percentile in nanoseconds while the server runs, and while it doesn't.
async fn percentiles(target: Target, tally: Arc<Tally>) -> [u128; 2] {
    let mut connection = target.metrics.instrument_connection("ready", Ready);
    let mut times = [Vec::new(), Vec::new()];
    while !tally.stop.load(Ordering::Relaxed) {
        let is_dead = tally.dead.load(Ordering::Relaxed);
        let start = Instant::now();
        let done = sqlx::query("SELECT 1").execute(&mut connection).await;
        times[usize::from(is_dead)].push(start.elapsed().as_nanos());
        assert!(done.is_ok());
        // The load wants its turn.
        tokio::task::yield_now().await;
    }
    let [alive, dead] = times.each_ref().map(Vec::len);
    assert_eq!(target.queries("select", "ok"), (alive + dead) as u64);
    times.map(|mut times| {
        times.sort_unstable();
        let percentile = times.get(times.len() * 99 / 100);
        *percentile.expect("the server runs and dies")
    })
}

/// Waits until a number has risen by this much.
async fn until_more(number: &AtomicU64, more: u64) {
    let wanted = Tally::get(number) + more;
    let risen = async {
        while Tally::get(number) < wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let risen = tokio::time::timeout(Duration::from_mins(1), risen).await;
    assert!(risen.is_ok(), "nothing goes on");
}

// Mutations: a query that fails isn't recorded; one whose connection breaks isn't (`fail`
// returns early for `Error::Io`), or only if it reads; such an error is of another class.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_and_comes_back_loses_no_count() -> sqlx::Result<()> {
    let mut server = Server::start();
    let mut observer = PgConnection::connect(&server.url()).await?;
    observer.execute("CREATE TABLE items (id BIGINT)").await?;
    observer.close().await?;
    let target = Target::new();
    let options = PgPoolOptions::new()
        .max_connections(4)
        .acquire_timeout(Duration::from_millis(300));
    let options = target.metrics.count_connections("main", options);
    let pool = target
        .metrics
        .instrument_pool("main", &options.connect(&server.url()).await?);
    let pool = pool.expect("the name is free");
    let tally = Arc::new(Tally::default());
    let load = (0..6).map(|_| tokio::spawn(put_load(pool.clone(), Arc::clone(&tally))));
    let load: Vec<_> = load.collect();
    // In a registry of its own, since the load doesn't count these.
    let timed = tokio::spawn(percentiles(Target::new(), Arc::clone(&tally)));

    let share = operations(25_000);
    for _ in 0..2 {
        until_more(&tally.ok, share).await;
        // Two that certainly have connections that break.
        let mut writer = acquire(&pool, &tally).await;
        let mut reader = acquire(&pool, &tally).await;
        server.kill();
        tally.dead.store(true, Ordering::Relaxed);
        let insert = sqlx::query("INSERT INTO items VALUES (1)");
        let inserted = insert.execute(&mut *writer).await;
        let selected = sqlx::query("SELECT 2").fetch_all(&mut *reader).await;
        assert!(inserted.is_err() && selected.is_err(), "the server is down");
        tally.count_insert(&inserted);
        tally.count(&selected);
        drop((writer, reader));
        until_more(&tally.failed, 10).await;
        assert!(target.sum("db_connections", &[]) <= 4);
        server.restart();
        tally.dead.store(false, Ordering::Relaxed);
        until_more(&tally.ok, share).await;
    }
    tally.stop.store(true, Ordering::Relaxed);
    for task in load {
        task.await.expect("it doesn't panic");
    }
    let [alive, dead] = timed.await.expect("it is answered at once");
    println!("99th percentile of a recorded query: {alive} ns, while the server is dead {dead} ns");
    if proves() {
        assert!(dead < 2 * alive + 1_000, "{dead} ns against {alive} ns");
    }

    let (ok, failed) = (Tally::get(&tally.ok), Tally::get(&tally.failed));
    let sum = |family, labels: &[(&str, &str)]| target.sum(family, labels);
    let (begun, commits) = (Tally::get(&tally.begun), Tally::get(&tally.commits));
    assert_eq!(sum("db_queries_total", &[("outcome", "ok")]), ok);
    let queries = sum("db_queries_total", &[("outcome", "error")]);
    assert_eq!(
        target.queries("insert", "error"),
        Tally::get(&tally.inserts)
    );
    let connections = sum("db_connection_errors_total", &[]);
    assert!(connections > 0, "the server was down");
    // What has failed and is neither is a `BEGIN`.
    assert_eq!(
        sum("db_errors_by_class_total", &[]),
        failed - connections + commits
    );
    let seen = tally.errors().clone();
    assert_eq!(recorded(target), seen);
    assert!(seen.contains_key("io"), "no connection broke: {seen:?}");
    assert_eq!(target.ended("failed"), commits);
    assert_eq!(sum("db_errors_total", &[]), queries);
    assert_eq!(sum("db_queries_total", &[("outcome", "cancelled")]), 0);
    assert_eq!(sum("db_queries_total", &[("outcome", "panic")]), 0);
    assert_eq!(sum("db_transactions_begun_total", &[]), begun);
    assert_eq!(sum("db_transactions_total", &[]), begun);

    // The gauges say what the server sees.
    let mut observer = PgConnection::connect(&server.url()).await?;
    let others = "SELECT COUNT(*) FROM pg_stat_activity \
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let true_again = async {
        loop {
            let seen: i64 = observer.fetch_one(others).await?.get(0);
            let of = |state| sum("db_connections", &[("state", state)]);
            let are = (of("active"), i64::try_from(of("idle")).unwrap_or(-1));
            if are == (0, seen) && seen > 0 {
                return Ok::<_, Error>(seen);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let open = tokio::time::timeout(Duration::from_mins(1), true_again).await;
    let open = open.expect("the gauges return to truth")?;
    println!(
        "restarts: {ok} ok, {queries} failed, {connections} without a connection, {open} open"
    );
    println!("errors by class: {seen:?}");
    pool.inner().close().await;
    Ok(())
}
