//! What goes wrong is told to the caller as the bare connection tells it, and counted.

use crate::tally::{Tally, kind_of};
use crate::{metrics, samples};
use futures_util::FutureExt as _;
use integration_tests::redis::Redis;
use redis::aio::ConnectionLike;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, Value, cmd,
};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

/// All that a caller can ask an error.
fn said(error: &RedisError) -> (String, ErrorKind, Option<&str>, Option<&str>, [bool; 4]) {
    let asked = [
        error.is_timeout(),
        error.is_connection_dropped(),
        error.is_connection_refusal(),
        error.is_unrecoverable_error(),
    ];
    let (code, detail) = (error.code(), error.detail());
    (error.to_string(), error.kind(), code, detail, asked)
}

fn client(redis: &Redis) -> Client {
    Client::open(redis.url()).expect("the address is valid")
}

#[tokio::test]
async fn errors_are_those_of_the_bare_connection() {
    let mut redis = Redis::start();
    let metrics = metrics();
    let client = client(&redis);
    let limit = Duration::from_millis(200);
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(limit));
    let connect = || client.get_multiplexed_async_connection_with_config(&config);
    let mut bare = connect().await.expect("the server runs");
    let connection = connect().await.expect("the server runs");
    let mut recorded = metrics.instrument_redis("default", connection);
    assert_eq!(recorded.get_db(), bare.get_db());
    let mut tally = Tally::default();

    redis.command("RPUSH list a b");
    let set = cmd("SET").arg("a").arg(1).take();
    let get = cmd("GET").arg("a").take();
    let list = cmd("GET").arg("list").take();
    let ways: [(&str, &str, &Cmd, &str, &str); 6] = [
        ("PING", "PING", &cmd("NOSUCH"), "other", "response"),
        ("PING", "PING", &list, "get", "wrong_type"),
        (
            "ACL SETUSER default -get",
            "ACL SETUSER default +get",
            &get,
            "get",
            "permission",
        ),
        (
            "CONFIG SET maxmemory 1",
            "CONFIG SET maxmemory 0",
            &set,
            "set",
            "out_of_memory",
        ),
        (
            "CLIENT PAUSE 60000 WRITE",
            "CLIENT UNPAUSE",
            &set,
            "set",
            "timeout",
        ),
        ("PING", "", &get, "get", "disconnected"),
    ];
    for (before, after, command, name, kind) in ways {
        redis.command(before);
        if after.is_empty() {
            redis.kill();
        }
        let wanted = command.exec_async(&mut bare).await;
        let wanted = wanted.expect_err("it can't be done");
        let result = command.exec_async(&mut recorded).await;
        tally.single(name, &result);
        let error = result.expect_err("it can't be done");
        assert_eq!(said(&error), said(&wanted), "{before}");
        assert_eq!(kind_of(&error), kind, "{before}");
        let pipeline = redis::pipe().add_command(command.clone()).ping().clone();
        let wanted = pipeline.exec_async(&mut bare).await;
        let wanted = wanted.expect_err("it can't be done");
        let result = pipeline.exec_async(&mut recorded).await;
        let error = result.expect_err("it can't be done");
        assert_eq!(said(&error), said(&wanted), "{before}");
        tally.pipelines += 1;
        tally.pipelined += 2;
        tally.failed(name, kind);
        match kind {
            "timeout" | "disconnected" => tally.failed("ping", kind),
            _ => tally.ok("ping"),
        }
        if !after.is_empty() {
            redis.command(after);
        }
    }
    assert_eq!(Tally::of_page(&metrics), tally);
}

/// A connection whose futures panic, or never end.
struct Faulty {
    panics: bool,
}

impl Faulty {
    async fn answer<T>(&mut self) -> Result<T, RedisError> {
        if self.panics {
            resume_unwind(Box::new("on purpose"));
        }
        std::future::pending().await
    }
}

impl ConnectionLike for Faulty {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(self.answer())
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(self.answer())
    }

    fn get_db(&self) -> i64 {
        0
    }
}

// F6, F7. Mutations: `Call` doesn't end when it is dropped; `leave` does nothing; `new`
// starts the call.
#[tokio::test]
async fn what_is_given_up_or_panics_is_counted_once_and_what_is_never_polled_is_not() {
    let metrics = metrics();
    let count = |command: &str, outcome: &str| {
        let name = "redis_operations_total";
        let samples = samples(&metrics, name, ["command", "outcome"]);
        let labels = [command.to_owned(), outcome.to_owned()];
        samples.get(&labels).copied().unwrap_or(0)
    };
    let get = cmd("GET");
    let transaction = redis::pipe().atomic().get("a").set("b", 1).clone();

    let mut silent = metrics.instrument_redis("silent", Faulty { panics: false });
    for _ in 0..100 {
        drop(silent.req_packed_command(&get));
        drop(silent.req_packed_commands(&transaction, 3, 1));
    }
    assert_eq!(Tally::of_page(&metrics), Tally::default());
    for _ in 0..100 {
        assert!(get.exec_async(&mut silent).now_or_never().is_none());
        assert!(transaction.exec_async(&mut silent).now_or_never().is_none());
    }
    let cancelled = ["get", "set", "multi", "exec"].map(|command| count(command, "cancelled"));
    assert_eq!(cancelled, [200, 100, 100, 100]);

    let mut faulty = metrics.instrument_redis("faulty", Faulty { panics: true });
    for _ in 0..100 {
        let unwound = AssertUnwindSafe(get.exec_async(&mut faulty)).catch_unwind();
        assert!(unwound.await.is_err());
        let unwound = AssertUnwindSafe(transaction.exec_async(&mut faulty)).catch_unwind();
        assert!(unwound.await.is_err());
    }
    let panics = ["get", "set", "multi", "exec"].map(|command| count(command, "panic"));
    assert_eq!(panics, [200, 100, 100, 100]);
    let page = Tally::of_page(&metrics);
    assert_eq!(
        (page.singles, page.pipelines, page.pipelined),
        (200, 200, 400)
    );
    assert!(page.errors.is_empty());
    assert!(samples(&metrics, "redis_operations_in_progress", []).is_empty());
}

// Mutation: each clone is a connection.
#[tokio::test]
async fn clones_are_one_connection_until_the_last_is_dropped() {
    let redis = Redis::start();
    let metrics = metrics();
    let connections = || {
        let samples = samples(&metrics, "redis_connections_active", ["connection"]);
        let of = |name: &str| samples.get(&[name.to_owned()]).copied().unwrap_or(0);
        (of("a"), of("b"))
    };
    let connect = || async {
        let connection = client(&redis).get_multiplexed_async_connection().await;
        connection.expect("the server runs")
    };
    let a = metrics.instrument_redis("a", connect().await);
    let b = metrics.instrument_redis("b", connect().await);
    let clones: Vec<_> = (0..10).map(|_| a.clone()).collect();
    assert_eq!(connections(), (1, 1));
    drop(a);
    assert_eq!(connections(), (1, 1));
    drop(clones);
    assert_eq!(connections(), (0, 1));
    // The bare connection is no longer counted, and works.
    let mut bare = b.into_inner();
    assert_eq!(connections(), (0, 0));
    assert!(cmd("PING").exec_async(&mut bare).await.is_ok());
    assert_eq!(Tally::of_page(&metrics), Tally::default());
}

// S9. Mutation: `Debug` prints the connection.
#[tokio::test]
async fn no_password_is_printed() {
    let redis = Redis::start();
    assert_eq!(redis.command("CONFIG SET requirepass canary-7"), "+OK");
    let url = redis.url().replace("redis://", "redis://:canary-7@");
    let client = Client::open(url).expect("the address is valid");
    let manager = client.get_connection_manager().await;
    let mut connection = metrics().instrument_redis("default", manager.expect("it may"));
    assert!(cmd("PING").exec_async(&mut connection).await.is_ok());
    let text = format!("{connection:?}");
    assert!(text.contains("default"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}
