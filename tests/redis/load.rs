//! A mixed load: what is counted is what the callers have seen, and what the server has.

use crate::tally::{Tally, kind_of, kind_of_server};
use crate::{metrics, proves, samples, seed};
use fastrand::Rng;
use integration_tests::redis::Redis;
use metrics_runtime::InstrumentedRedis;
use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, RedisResult, Value, cmd};

type Connection = InstrumentedRedis<MultiplexedConnection>;

const TASKS: u64 = 4;

/// A command and what it is counted as. `list` is a list and `text` a string, for good.
fn command(random: &mut Rng) -> (Cmd, &'static str) {
    let key = format!("key:{}", random.u32(..50));
    match random.u32(..14) {
        0..2 => (cmd("GET").arg(key).take(), "get"),
        2..4 => (cmd("set").arg(key).arg("v").take(), "set"),
        4 => (cmd("INCR").arg("number").take(), "incr"),
        5 => (cmd("HSET").arg("hash").arg(key).arg(1).take(), "hset"),
        6 => (cmd("LRANGE").arg("list").arg(0).arg(-1).take(), "lrange"),
        7 => (cmd("config").arg("GET").arg("maxmemory").take(), "config"),
        8 => (cmd("eval").arg("return {1, 2}").arg(0).take(), "eval"),
        // These fail.
        9 => (cmd("Get").arg("list").take(), "get"),
        10 => (cmd("LPUSH").arg("text").arg(1).take(), "lpush"),
        11 => (cmd("NOSUCH").arg(key).take(), "other"),
        12 => (cmd("SET").arg(key).take(), "set"),
        _ => {
            let script = "return redis.error_reply('MADEUP on purpose')";
            (cmd("EVAL").arg(script).arg(0).take(), "eval")
        }
    }
}

/// Whether the server refuses to queue it.
fn is_refused(command: &Cmd, name: &str) -> bool {
    name == "other" || name == "set" && command.args_iter().len() == 2
}

struct Caller {
    connection: Connection,
    random: Rng,
    tally: Tally,
}

impl Caller {
    async fn act(&mut self) {
        match self.random.u32(..10) {
            0..4 => self.single().await,
            4 => self.by_hand().await,
            5 => self.pipeline(false).await,
            6 => self.pipeline(true).await,
            7 | 8 => self.transaction().await,
            _ => self.discarded().await,
        }
    }

    async fn single(&mut self) {
        let (command, name) = command(&mut self.random);
        let result = command.query_async::<Value>(&mut self.connection).await;
        self.tally.single(name, &result);
    }

    /// A transaction command by command, whose `EXEC` is answered by an array with an
    /// error in it.
    async fn by_hand(&mut self) {
        for (command, name) in [
            (cmd("MULTI"), "multi"),
            (cmd("INCR").arg("number").take(), "incr"),
            (cmd("LPUSH").arg("text").arg(1).take(), "lpush"),
            (cmd("EXEC"), "exec"),
        ] {
            let result = command.query_async::<Value>(&mut self.connection).await;
            assert_eq!(result.is_err(), name == "exec");
            self.tally.single(name, &result);
        }
    }

    /// Commands and what they are counted as.
    fn fill(&mut self, pipeline: &mut Pipeline) -> Vec<&'static str> {
        let mut names = Vec::new();
        for _ in 0..self.random.usize(1..20) {
            let (command, name) = command(&mut self.random);
            pipeline.add_command(command);
            names.push(name);
        }
        self.tally.pipelines += 1;
        self.tally.pipelined += names.len() as u64;
        names
    }

    async fn pipeline(&mut self, ignores_errors: bool) {
        let mut pipeline = redis::pipe();
        let names = self.fill(&mut pipeline);
        if ignores_errors {
            pipeline.ignore_errors();
            let results: RedisResult<Vec<RedisResult<Value>>> =
                pipeline.query_async(&mut self.connection).await;
            let results = results.expect("errors are ignored");
            assert_eq!(results.len(), names.len());
            for (name, result) in names.iter().zip(&results) {
                match result {
                    Ok(_) => self.tally.ok(name),
                    Err(error) => self.tally.failed(name, kind_of(error)),
                }
            }
        } else {
            let result = pipeline.query_async::<Value>(&mut self.connection).await;
            self.by_errors(&names, result.map(|_| ()));
        }
    }

    /// All are ok but those that the error names.
    fn by_errors(&mut self, names: &[&str], result: RedisResult<()>) {
        let errors = result.err().map(|error| {
            let errors = error.into_server_errors();
            errors.expect("the server has answered each command")
        });
        for (index, name) in names.iter().enumerate() {
            let mut errors = errors.iter().flat_map(|errors| errors.iter());
            match errors.find(|(failed, _)| *failed == index) {
                Some((_, error)) => self.tally.failed(name, kind_of_server(error)),
                None => self.tally.ok(name),
            }
        }
    }

    async fn transaction(&mut self) {
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        let names = self.fill(&mut pipeline);
        let refused = pipeline
            .cmd_iter()
            .zip(&names)
            .any(|(command, name)| is_refused(command, name));
        let result = pipeline.query_async::<Value>(&mut self.connection).await;
        self.tally.ok("multi");
        if !refused {
            self.tally.ok("exec");
            return self.by_errors(&names, result.map(|_| ()));
        }
        let error = result.expect_err("the server refuses one of them");
        self.tally.failed("exec", kind_of(&error));
        let errors = error.into_server_errors().expect("they are named");
        for (index, name) in names.iter().enumerate() {
            match errors.iter().find(|(failed, _)| *failed == index) {
                Some((_, error)) => self.tally.failed(name, kind_of_server(error)),
                None => self.tally.cancelled(name),
            }
        }
    }

    /// A transaction that the server discards, since a key that it watches has changed.
    async fn discarded(&mut self) {
        let key = format!("watched:{}", self.random.u64(..));
        for (command, name) in [
            (cmd("WATCH").arg(&key).take(), "watch"),
            (cmd("SET").arg(&key).arg(1).take(), "set"),
        ] {
            let result = command.query_async::<Value>(&mut self.connection).await;
            self.tally.single(name, &result);
        }
        let mut pipeline = redis::pipe();
        pipeline.atomic().get(&key).incr(&key, 1);
        let result = pipeline.query_async::<Value>(&mut self.connection).await;
        assert_eq!(result, Ok(Value::Nil));
        self.tally.pipelines += 1;
        self.tally.pipelined += 2;
        self.tally.ok("multi");
        self.tally.ok("exec");
        // What the client calls `incr` is this command.
        self.tally.cancelled("get");
        self.tally.cancelled("incrby");
    }
}

// Mutations: `count_transaction` counts what is discarded as answered; `count_failed`
// doesn't ask which commands were refused; `end_of` looks into no array; `count_each`
// counts no error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_are_the_callers_and_the_servers() {
    let seed = seed();
    let operations = if proves() { 100_000 } else { 2_000 };
    let redis = Redis::start();
    redis.command("SET text a");
    redis.command("RPUSH list a b");
    let metrics = metrics();
    let client = redis::Client::open(redis.url()).expect("the address is valid");
    let mut callers = Vec::new();
    for nth in 0..TASKS {
        let connection = client.get_multiplexed_async_connection().await;
        let connection = connection.expect("the server runs");
        callers.push(Caller {
            connection: metrics.instrument_redis("load", connection),
            random: Rng::with_seed(seed.wrapping_add(nth)),
            tally: Tally::default(),
        });
    }
    let connections = || samples(&metrics, "redis_connections_active", ["connection"]);
    assert_eq!(connections()[&["load".to_owned()]], TASKS);
    assert_eq!(redis.command("CONFIG RESETSTAT"), "+OK");

    let tasks = callers.into_iter().map(|mut caller| {
        tokio::spawn(async move {
            for _ in 0..operations / TASKS {
                caller.act().await;
            }
            caller.tally
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut tally = Tally::default();
    for task in tasks {
        tally.add(&task.await.expect("the caller has seen what it expects"));
    }
    assert_eq!(Tally::of_page(&metrics), tally);
    assert!(connections().is_empty());
    assert!(samples(&metrics, "redis_operations_in_progress", []).is_empty());

    let stats = redis.command_stats();
    let names = ["get", "set", "incr", "hset", "lrange", "eval", "lpush"];
    for name in names
        .into_iter()
        .chain(["watch", "multi", "exec", "incrby"])
    {
        let server = stats.get(name).copied().unwrap_or_default();
        let answered = server.calls + server.rejected;
        assert_eq!(tally.answered(name), answered, "{name}: {server:?}");
    }
    assert_eq!(tally.answered("config"), stats["config|get"].calls);
    let errors = redis.error_stats();
    for (code, kind) in [
        ("ERR", "response"),
        ("WRONGTYPE", "wrong_type"),
        ("EXECABORT", "exec_abort"),
        ("MADEUP", "other"),
    ] {
        assert_eq!(tally.errors[&[kind.to_owned()]], errors[code], "{code}");
    }
    let sum: u64 = tally.errors.values().sum();
    assert_eq!(sum, tally.total("error"));
    println!(
        "{} commands in {operations} operations, {} failed, {} in {} pipelines",
        tally.operations.values().sum::<u64>(),
        tally.total("error"),
        tally.pipelined,
        tally.pipelines
    );
}
