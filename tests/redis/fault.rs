//! The server dies and comes back while it is used.

use crate::figure::Ready;
use crate::tally::{Tally, kind_of};
use crate::{metrics, proves, samples};
use integration_tests::deadline::poll;
use integration_tests::redis::Redis;
use metrics_runtime::{InstrumentedRedis, Metrics};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, cmd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_mins(1);

#[derive(Debug, Default)]
struct Progress {
    answered: AtomicU64,
    failed: AtomicU64,
    stop: AtomicBool,
    /// The server doesn't run.
    dead: AtomicBool,
}

impl Progress {
    /// Waits until so many more have ended in this way.
    fn wait(counter: &AtomicU64, more: u64) {
        let wanted = counter.load(Ordering::Relaxed) + more;
        let reached = poll(LIMIT, || {
            (counter.load(Ordering::Relaxed) >= wanted).then_some(())
        });
        assert!(reached.is_some(), "{counter:?} of {wanted} after {LIMIT:?}");
    }
}

async fn call(
    mut connection: InstrumentedRedis<ConnectionManager>,
    progress: Arc<Progress>,
) -> Tally {
    let mut tally = Tally::default();
    let get = cmd("GET").arg("a").take();
    let mut pipeline = redis::pipe();
    pipeline.incr("n", 1).set("a", 1);
    let mut transaction = redis::pipe();
    transaction.atomic().incr("n", 1);
    while !progress.stop.load(Ordering::Relaxed) {
        let single = get.exec_async(&mut connection).await;
        tally.single("get", &single);
        let piped = pipeline.exec_async(&mut connection).await;
        let atomic = transaction.exec_async(&mut connection).await;
        tally.pipelines += 2;
        tally.pipelined += 3;
        for (result, names) in [
            (&piped, &["incrby", "set"][..]),
            (&atomic, &["multi", "incrby", "exec"]),
        ] {
            for name in names {
                match result {
                    Ok(()) => tally.ok(name),
                    Err(error) => tally.failed(name, kind_of(error)),
                }
            }
        }
        for result in [single, piped, atomic] {
            let counter = match result {
                Ok(()) => &progress.answered,
                Err(_) => &progress.failed,
            };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
    tally
}

/// Times recorded commands, whose connection has the answer already, until it is told to
/// stop: the 99th percentile in nanoseconds while the server runs, and while it doesn't.
async fn percentiles(metrics: Metrics, progress: Arc<Progress>) -> [u128; 2] {
    let mut connection = metrics.instrument_redis("ready", Ready);
    let get = cmd("GET").arg("a").take();
    let mut times = [Vec::new(), Vec::new()];
    while !progress.stop.load(Ordering::Relaxed) {
        let is_dead = progress.dead.load(Ordering::Relaxed);
        let start = Instant::now();
        let answer = get.exec_async(&mut connection).await;
        times[usize::from(is_dead)].push(start.elapsed().as_nanos());
        assert!(answer.is_ok());
        // The callers want their turn.
        tokio::task::yield_now().await;
    }
    times.map(|mut times| {
        times.sort_unstable();
        let percentile = times.get(times.len() * 99 / 100);
        *percentile.expect("the server runs and dies")
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_invented_while_the_server_dies_and_comes_back() {
    let mut redis = Redis::start();
    let metrics = metrics();
    let client = Client::open(redis.url()).expect("the address is valid");
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_min_delay(Duration::from_millis(1))
        .set_max_delay(Duration::from_millis(5))
        .set_response_timeout(Some(Duration::from_secs(5)))
        .set_connection_timeout(Some(Duration::from_secs(5)));
    let manager = client.get_connection_manager_with_config(config).await;
    let connection = metrics.instrument_redis("manager", manager.expect("the server runs"));
    let progress = Arc::new(Progress::default());
    let tasks = (0..4).map(|_| tokio::spawn(call(connection.clone(), Arc::clone(&progress))));
    let tasks: Vec<_> = tasks.collect();

    // On a registry of its own, since the callers don't count these.
    let timed =
        proves().then(|| tokio::spawn(percentiles(crate::metrics(), Arc::clone(&progress))));
    let watched = Arc::clone(&progress);
    let (rounds, some) = if proves() { (20, 5_000) } else { (3, 200) };
    let driven = tokio::task::spawn_blocking(move || {
        for _ in 0..rounds {
            Progress::wait(&watched.answered, some);
            redis.kill();
            watched.dead.store(true, Ordering::Relaxed);
            Progress::wait(&watched.failed, 50);
            redis.restart();
            watched.dead.store(false, Ordering::Relaxed);
        }
        Progress::wait(&watched.answered, some);
        watched.stop.store(true, Ordering::Relaxed);
    });
    let driven = driven.await;
    // Else a failure would leave the callers running.
    progress.stop.store(true, Ordering::Relaxed);
    driven.expect("the server dies and comes back");

    let mut tally = Tally::default();
    for task in tasks {
        tally.add(&task.await.expect("the caller goes on"));
    }
    assert_eq!(Tally::of_page(&metrics), tally);
    assert!(samples(&metrics, "redis_operations_in_progress", []).is_empty());
    let connections = || samples(&metrics, "redis_connections_active", ["connection"]);
    assert_eq!(connections()[&["manager".to_owned()]], 1);
    drop(connection);
    assert!(connections().is_empty());
    if let Some(timed) = timed {
        let [alive, dead] = timed.await.expect("it is answered at once");
        println!(
            "99th percentile of a recorded command: {alive} ns, while the server is dead {dead} ns"
        );
        assert!(dead < 2 * alive + 1_000, "{dead} ns against {alive} ns");
    }
    println!(
        "{rounds} deaths: {} commands answered, {} failed: {:?}",
        tally.total("ok"),
        tally.total("error"),
        tally.errors
    );
}
