//! A connection to Redis, which all instances of the shop share.

use std::time::Duration;

use metrics_runtime::{InstrumentedRedis, Metrics};
use redis::Client;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use thiserror::Error;

/// What a cache that isn't well may cost a request, each time it is asked.
const PATIENCE: Duration = Duration::from_millis(250);

/// Why there is no connection. The URL isn't in it, which may hold a password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum ConnectError {
    #[error(
        "that is no URL of a Redis; write `redis://:PASSWORD@HOST/0` in `REDIS_URL` or `--redis`"
    )]
    Url(#[source] redis::RedisError),
    #[error(
        "can't use the Redis at {address}; start it, name another in `REDIS_URL` or `--redis`, or none to keep the cache in the shop"
    )]
    Server {
        address: String,
        #[source]
        cause: redis::RedisError,
    },
}

/// A connection whose commands are recorded. Clones are the same one.
#[derive(Clone)]
pub(super) struct Shared(InstrumentedRedis<ConnectionManager>);

impl Shared {
    pub(super) async fn connect(
        url: &str,
        name: &str,
        metrics: &Metrics,
    ) -> Result<Self, ConnectError> {
        let client = Client::open(url).map_err(ConnectError::Url)?;
        let address = client.get_connection_info().addr().to_string();
        // One that is lost is made anew when it is next used; nobody waits for more
        // than one attempt.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let manager = ConnectionManager::new_with_config(client, config).await;
        let manager = manager.map_err(|cause| ConnectError::Server { address, cause })?;
        Ok(Self(metrics.instrument_redis(name, manager)))
    }

    /// The connection, for one command or more.
    pub(super) fn connection(&self) -> InstrumentedRedis<ConnectionManager> {
        self.0.clone()
    }
}
