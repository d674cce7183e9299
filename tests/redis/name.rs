//! Commands that have labels of their own.

use crate::{metrics, samples};
use integration_tests::redis::Redis;
use redis::aio::ConnectionLike;
use redis::{Client, Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, Value, cmd};
use std::collections::BTreeSet;

/// What has come with Redis 7.2 and 7.4, so that the server here may not know it.
const NEWER: [&str; 10] = [
    "waitaof",
    "hexpire",
    "hexpireat",
    "hexpiretime",
    "hpersist",
    "hpexpire",
    "hpexpireat",
    "hpexpiretime",
    "hpttl",
    "httl",
];

/// A connection on which nothing is executed: some commands would stop the server.
struct Idle;

impl ConnectionLike for Idle {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async { Ok(Value::Okay) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let unused = RedisError::from((ErrorKind::Client, "the test sends no pipelines"));
        Box::pin(async { Err(unused) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

// S1. Mutations: a name is missing, or has a wrong letter.
#[tokio::test]
async fn what_the_server_knows_has_a_label_and_so_has_what_is_newer() {
    let redis = Redis::start();
    let client = Client::open(redis.url()).expect("the address is valid");
    let connection = client.get_multiplexed_async_connection().await;
    let mut connection = connection.expect("the server runs");
    let list = cmd("COMMAND").arg("LIST").take();
    let names = list.query_async::<BTreeSet<String>>(&mut connection).await;
    let mut names = names.expect("Redis 7 lists its commands");
    // Subcommands, such as `config|get`, are their commands.
    names.retain(|name| !name.contains('|'));
    assert!(names.len() >= 240, "{names:?}");
    names.extend(NEWER.map(str::to_owned));
    let metrics = metrics();
    let mut idle = metrics.instrument_redis("idle", Idle);
    for name in &names {
        let sent = cmd(&name.to_uppercase()).exec_async(&mut idle).await;
        assert!(sent.is_ok(), "{name}");
    }
    let found = samples(&metrics, "redis_operations_total", ["command"]);
    let expected = names.into_iter().map(|name| ([name], 1));
    assert_eq!(found, expected.collect());
    // Of Redis 8, of a module, and of nobody.
    for name in ["HGETEX", "FT.SEARCH", "NOSUCH"] {
        assert!(cmd(name).exec_async(&mut idle).await.is_ok(), "{name}");
    }
    let found = samples(&metrics, "redis_operations_total", ["command"]);
    assert_eq!(found.get(&["other".to_owned()]), Some(&3));
}
