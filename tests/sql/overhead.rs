//! What the wrapper costs, beside the bare pool in one run.

use std::time::{Duration, Instant};

use integration_tests::postgres::Postgres as Server;
use sqlx::{Executor, Postgres};

use crate::operations;
use crate::target::Target;

/// The time of one query.
async fn time<'e, E>(executor: E) -> sqlx::Result<Duration>
where
    E: Executor<'e, Database = Postgres>,
{
    let start = Instant::now();
    sqlx::query("SELECT 1").fetch_one(executor).await?;
    Ok(start.elapsed())
}

/// The median, and what a tenth of them is below.
fn quantiles(mut times: Vec<Duration>) -> [i128; 2] {
    times.sort_unstable();
    let at = |index: usize| times[index].as_nanos().cast_signed();
    [at(times.len() / 2), at(times.len() / 10)]
}

/// Times are measured where figures are proved; the gate runs every part of it.
#[tokio::test]
async fn the_wrapper_costs_little_beside_a_query() -> sqlx::Result<()> {
    let server = Server::start();
    let pool = Target::new().postgres(&server.url()).await;
    let bare = pool.inner().clone();
    let (mut own, mut others) = (Vec::new(), Vec::new());
    // One by one, so that both see the same machine; none is always the first.
    for _ in 0..operations(100_000) / 2 {
        own.push(time(&pool).await?);
        others.push(time(&bare).await?);
        others.push(time(&bare).await?);
        own.push(time(&pool).await?);
    }
    let ([own, own_low], [bare_time, low]) = (quantiles(own), quantiles(others));
    let added = own - bare_time;
    println!(
        "a loopback SELECT takes {bare_time} ns bare (median); the wrapper adds {added} ns, \
         and {} ns to the fastest tenth",
        own_low - low
    );
    if std::env::var_os("METRICS_PROVE").is_some() {
        assert!(added <= 1_000, "{added} ns");
        assert!(added <= bare_time / 100, "{added} of {bare_time} ns");
    }
    bare.close().await;
    Ok(())
}
