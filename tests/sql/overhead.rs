//! What the wrapper costs, beside the bare pool in one run.

use std::fmt;
use std::time::{Duration, Instant};

use integration_tests::mysql::MySql as MySqlServer;
use integration_tests::postgres::Postgres as PostgresServer;
use metrics_runtime::{Instrumentable, Instrumented};
use sqlx::{Database, Executor, IntoArguments, Pool};

use crate::target::Target;
use crate::{operations, proves};

/// How a query is run.
#[derive(Clone, Copy, Debug)]
enum Shape {
    FetchOne,
    FetchAll,
    Execute,
}

/// The time of one query.
async fn time<'e, DB, E>(executor: E, shape: Shape) -> sqlx::Result<Duration>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    E: Executor<'e, Database = DB>,
{
    let start = Instant::now();
    let query = sqlx::query("SELECT 1");
    match shape {
        Shape::FetchOne => drop(query.fetch_one(executor).await?),
        Shape::FetchAll => drop(query.fetch_all(executor).await?),
        Shape::Execute => drop(query.execute(executor).await?),
    }
    Ok(start.elapsed())
}

/// Nanoseconds of one query: the median, and what a tenth of them is below.
#[derive(Clone, Copy, Debug)]
struct Quantiles {
    median: i128,
    tenth: i128,
}

impl Quantiles {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |index: usize| times[index].as_nanos().cast_signed();
        Self {
            median: at(times.len() / 2),
            tenth: at(times.len() / 10),
        }
    }
}

/// What was measured of one shape.
struct Cost {
    shape: Shape,
    own: Quantiles,
    bare: Quantiles,
    /// The median of what the wrapper adds to a query beside a bare one at the same
    /// moment, so that a machine that is slow for a while is so for both.
    added: i128,
}

impl Cost {
    /// Compares the two one by one, so that both see the same machine; none is always
    /// the first.
    async fn measure<DB>(
        pool: &Instrumented<Pool<DB>>,
        shape: Shape,
        queries: u64,
    ) -> sqlx::Result<Self>
    where
        DB: Instrumentable,
        DB::Arguments: IntoArguments<DB>,
        for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    {
        let bare_pool = pool.inner().clone();
        let (mut own, mut bare, mut added) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..queries / 2 {
            let first = time(pool, shape).await?;
            let between = [
                time(&bare_pool, shape).await?,
                time(&bare_pool, shape).await?,
            ];
            let last = time(pool, shape).await?;
            let nanos = |time: Duration| time.as_nanos().cast_signed();
            let difference = nanos(first + last) - nanos(between[0] + between[1]);
            added.push(difference / 2);
            own.extend([first, last]);
            bare.extend(between);
        }
        added.sort_unstable();
        Ok(Self {
            shape,
            added: added[added.len() / 2],
            own: Quantiles::of(own),
            bare: Quantiles::of(bare),
        })
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (added, median) = (self.added, self.bare.median);
        // Hundredths of a percent.
        let share = 10_000 * added / median;
        let sign = if share < 0 { "-" } else { "" };
        write!(
            f,
            "{:?}: {median} ns bare and {} ns recorded (medians); the wrapper adds {added} ns \
             ({sign}{}.{:02} %), and {} ns to the fastest tenth",
            self.shape,
            self.own.median,
            share.abs() / 100,
            share.abs() % 100,
            self.own.tenth - self.bare.tenth
        )
    }
}

/// Measurements of which one has to hold the limits: what else runs on the machine adds
/// to the figures of some, and the wrapper to all.
const MEASUREMENTS: usize = 3;

/// Holds the wrapper to a microsecond and to one part in so many of a bare query.
async fn hold<DB>(
    server: &str,
    pool: &Instrumented<Pool<DB>>,
    shape: Shape,
    parts: i128,
) -> sqlx::Result<()>
where
    DB: Instrumentable,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let mut costs = Vec::new();
    for _ in 0..MEASUREMENTS {
        let cost = Cost::measure(pool, shape, operations(50_000)).await?;
        println!("a SELECT of {server}, {cost}");
        // Times are asserted where figures are proved; the gate runs every part of it.
        if !proves() || cost.added <= (cost.bare.median / parts).min(1_000) {
            return Ok(());
        }
        costs.push(cost.to_string());
    }
    panic!("each time more than a microsecond, or one part in {parts} of a query: {costs:?}");
}

const SHAPES: [Shape; 3] = [Shape::FetchOne, Shape::FetchAll, Shape::Execute];

#[tokio::test]
async fn the_wrapper_costs_little_beside_a_query_on_loopback() -> sqlx::Result<()> {
    let postgres = PostgresServer::start();
    let mysql = MySqlServer::start();
    let postgres = Target::new().postgres(&postgres.url()).await;
    let mysql = Target::new().mysql(&mysql.url()).await;
    for shape in SHAPES {
        hold("PostgreSQL over loopback", &postgres, shape, 100).await?;
        // It answers in half the time, to which noise is more.
        hold("MariaDB over loopback", &mysql, shape, 50).await?;
    }
    postgres.inner().close().await;
    mysql.inner().close().await;
    Ok(())
}

/// No network, and so no share of it: what a query takes is a wake-up of SQLite's thread,
/// which is ten microseconds on one machine and some hundred on another.
#[tokio::test]
async fn the_wrapper_costs_little_beside_a_query_of_sqlite() -> sqlx::Result<()> {
    let pool = Target::new().sqlite().await;
    for shape in SHAPES {
        // A share of what takes no time is none.
        hold("SQLite in memory", &pool, shape, 1).await?;
    }
    pool.inner().close().await;
    Ok(())
}
