//! A connection whose calls are recorded.

use super::call::Call;
use super::command::Command;
use super::future::Measured;
use super::series::Series;
use crate::Metrics;
use crate::record::Running;
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};
use std::fmt;
use std::sync::Arc;

/// A connection to Redis whose commands are recorded: made by
/// [`Metrics::instrument_redis`].
///
/// It is a [`ConnectionLike`], so that `query_async`, `AsyncCommands`, pipelines and
/// scripts work as they do on the connection within. What they return is what they
/// return there, errors too.
///
/// | family | labels | what |
/// |---|---|---|
/// | `redis_operations_total` | `command`, `outcome` | commands, those of pipelines one by one, and the `multi` and `exec` of transactions |
/// | `redis_operation_duration_seconds` | `command`, `outcome` | from the first poll of a call to its answer; that of a pipeline once, as `pipeline` |
/// | `redis_errors_total` | `kind` | commands that failed, so that its sum is that of the commands with the outcome `error` |
/// | `redis_pipeline_size` | | commands of pipelines, `multi` and `exec` left out |
/// | `redis_operations_in_progress` | | commands and pipelines that wait for their answer |
/// | `redis_connections_active` | `connection` | connections that are held, by the name that they were given; clones are one |
///
/// `command` is a command of Redis 7.4 or before, in lower case and by its first word
/// (`CONFIG GET` is `config`); all others are `other`, such as those of later versions
/// and of modules.
///
/// | the command… | `outcome` |
/// |---|---|
/// | is answered, also by nothing | `ok` |
/// | is answered by an error, or by an array that holds one | `error` |
/// | can't be sent or isn't answered in time | `error`, all commands of a pipeline |
/// | is refused in a transaction that the server aborts for it | `error`, and so is `exec` |
/// | is queued in a transaction that the server aborts or discards (`WATCH`) | `cancelled` |
/// | is dropped before it is answered | `cancelled`, all commands of a pipeline |
/// | is never polled | not counted, since it is not sent |
///
/// So the commands that the server has seen are `ok` and `error` together, as `calls`
/// and `rejected_calls` of its `INFO commandstats` are; what was given up it may have
/// seen or not.
///
/// `kind` is one of `refused`, `disconnected`, `timeout` and `io` for the connection;
/// `response` (the server's `ERR`), `wrong_type`, `auth`, `permission`,
/// `out_of_memory`, `busy`, `loading`, `not_persisted`, `no_replicas`, `read_only`,
/// `node_down`, `moved`, `cross_slot`, `exec_abort`, `no_script`, `not_busy`, `exists`,
/// `no_group`, `protocol` and `not_subscribed` for what the server answers; `type`,
/// `parse` and `client` for what the client finds; else `other`.
///
/// Answers are converted to the type that the caller asked for after they are recorded:
/// a command whose answer has another type is `ok`.
///
/// ```
/// use redis::AsyncCommands as _;
///
/// # use redis::{Cmd, Pipeline, RedisFuture, Value, aio::ConnectionLike};
/// # struct Answers;
/// # impl ConnectionLike for Answers {
/// #     fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
/// #         Box::pin(async { Ok(Value::Int(1)) })
/// #     }
/// #     fn req_packed_commands<'a>(
/// #         &'a mut self,
/// #         _: &'a Pipeline,
/// #         _: usize,
/// #         count: usize,
/// #     ) -> RedisFuture<'a, Vec<Value>> {
/// #         Box::pin(async move { Ok(vec![Value::Int(1); count]) })
/// #     }
/// #     fn get_db(&self) -> i64 {
/// #         0
/// #     }
/// # }
/// # async fn connect() -> Result<Answers, redis::RedisError> { Ok(Answers) }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let metrics = metrics_runtime::Metrics::builder().build()?;
/// // A `MultiplexedConnection`, a `ConnectionManager` or a connection to a cluster.
/// let connection = connect().await?;
/// let mut connection = metrics.instrument_redis("sessions", connection);
///
/// let _: u64 = connection.incr("visits", 1).await?;
/// redis::pipe().get("a").get("b").exec_async(&mut connection).await?;
///
/// let page = metrics.to_text();
/// for line in [
///     r#"redis_operations_total{command="incrby",outcome="ok"} 1"#,
///     r#"redis_operations_total{command="get",outcome="ok"} 2"#,
///     r#"redis_operation_duration_seconds_count{command="pipeline",outcome="ok"} 1"#,
///     r#"redis_connections_active{connection="sessions"} 1"#,
/// ] {
///     assert!(page.contains(line), "{line}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct InstrumentedRedis<C> {
    inner: C,
    series: &'static Series,
    shared: Arc<Shared>,
}

/// What clones of a connection share.
struct Shared {
    name: Box<str>,
    /// Ends the connection's time.
    _running: Running,
}

impl Metrics {
    /// Records the commands of a connection to Redis into this registry; see
    /// [`InstrumentedRedis`]. `name` tells connections apart, such as `sessions`; it is
    /// the value of a label, so it must be one of few.
    ///
    /// Clones of what is returned are the same connection, as those of a
    /// `MultiplexedConnection` or a `ConnectionManager` are.
    pub fn instrument_redis<C: ConnectionLike>(
        &self,
        name: &str,
        connection: C,
    ) -> InstrumentedRedis<C> {
        let series = Series::of(self.registry());
        let shared = Shared {
            name: name.into(),
            _running: series.connections(name).start(),
        };
        InstrumentedRedis {
            inner: connection,
            series,
            shared: Arc::new(shared),
        }
    }
}

impl<C> InstrumentedRedis<C> {
    /// The connection within.
    pub const fn get_ref(&self) -> &C {
        &self.inner
    }

    /// The connection within, for what it can do beyond `ConnectionLike`, such as to
    /// subscribe. What is sent through it is not recorded.
    pub const fn get_mut(&mut self) -> &mut C {
        &mut self.inner
    }

    /// Gives the connection back, no longer recorded.
    pub fn into_inner(self) -> C {
        self.inner
    }
}

/// Without the connection, which may know a password.
impl<C> fmt::Debug for InstrumentedRedis<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedRedis")
            .field("name", &self.shared.name)
            .finish_non_exhaustive()
    }
}

impl<C: ConnectionLike> ConnectionLike for InstrumentedRedis<C> {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(Measured {
            call: Call::new(self.series, Command::of(command)),
            future: self.inner.req_packed_command(command),
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(Measured {
            call: Call::new(self.series, pipeline),
            future: self.inner.req_packed_commands(pipeline, offset, count),
        })
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }
}
