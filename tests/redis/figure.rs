//! What recording a command costs, beside the bare connection.

use crate::{metrics, proves};
use integration_tests::redis::Redis;
use redis::aio::ConnectionLike;
use redis::{Client, Cmd, Pipeline, RedisFuture, Value, cmd};
use std::time::Instant;

/// A connection that has the answer already, so that nothing but the wrapper is
/// measured.
pub(crate) struct Ready;

impl ConnectionLike for Ready {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async { Ok(Value::Int(1)) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move { Ok(vec![Value::Int(1); count]) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

/// Nanoseconds of a command, the least of several rounds.
async fn nanos(connection: &mut impl ConnectionLike, calls: u32) -> f64 {
    let get = cmd("GET").arg("a").take();
    let mut least = f64::INFINITY;
    for _ in 0..10 {
        let start = Instant::now();
        for _ in 0..calls {
            let answer = get.query_async::<Value>(connection).await;
            assert!(answer.is_ok());
        }
        least = least.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(calls));
    }
    least
}

#[tokio::test]
async fn recording_a_command_costs_less_than_a_microsecond() {
    let calls = if proves() { 100_000 } else { 100 };
    let metrics = metrics();
    let bare = nanos(&mut Ready, calls).await;
    let recorded = nanos(&mut metrics.instrument_redis("ready", Ready), calls).await;
    let cost = recorded - bare;

    let redis = Redis::start();
    let client = Client::open(redis.url()).expect("the address is valid");
    let connection = client.get_multiplexed_async_connection().await;
    let mut connection = connection.expect("the server runs");
    let loopback = nanos(&mut connection, calls / 20).await;
    let mut connection = metrics.instrument_redis("loopback", connection);
    let beside = nanos(&mut connection, calls / 20).await;
    println!(
        "recording a command: {cost:.0} ns ({recorded:.0} beside {bare:.0}), {:.1} % of a \
         loopback GET: {beside:.0} ns beside {loopback:.0}",
        100.0 * cost / loopback
    );
    let counted = metrics.to_text();
    let line = format!(
        "redis_operations_total{{command=\"get\",outcome=\"ok\"}} {}",
        10 * (calls + calls / 20)
    );
    assert!(counted.contains(&line), "{line}");
    if proves() {
        assert!(cost < 1_000.0, "{cost} ns");
    }
}
