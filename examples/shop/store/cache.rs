//! Products that somebody looked at lately, kept in this process or in Redis.

use std::time::Duration;

use metrics_runtime::health::{Group, ready};
use metrics_runtime::{ErrorLabel, HealthCheck, Metrics, track_cache};
use moka::sync::Cache;
use redis::AsyncCommands as _;
use thiserror::Error;

use super::Product;
use super::shared::{ConnectError, Shared};

/// A reader that is overtaken by a sale may put back what it read before; for
/// so long at most, the wrong stock is shown. Whether an order can be filled
/// is asked of the database alone.
const LIFETIME: Duration = Duration::from_secs(2);

/// The same for Redis, in milliseconds.
const LIFETIME_MILLIS: u64 = 2_000;

/// Why a look-up in Redis has said nothing. Whoever looks up asks the database then.
#[derive(Debug, Error, ErrorLabel)]
#[non_exhaustive]
pub(crate) enum CacheError {
    #[error("Redis failed")]
    Redis(#[from] redis::RedisError),
    #[error("what Redis keeps is no product")]
    Json(#[from] serde_json::Error),
}

#[derive(Clone)]
pub(crate) struct ProductCache {
    shelf: Shelf,
}

#[derive(Clone)]
enum Shelf {
    Local(Cache<i64, Product>),
    /// Of all instances of the shop.
    Shared(Shared),
}

#[track_cache(cache = "products")]
impl ProductCache {
    /// One in this process.
    pub(crate) fn local() -> Self {
        let cache = Cache::builder().max_capacity(1_000);
        Self {
            shelf: Shelf::Local(cache.time_to_live(LIFETIME).build()),
        }
    }

    /// One in the Redis at this URL.
    pub(crate) async fn shared(url: &str, metrics: &Metrics) -> Result<Self, ConnectError> {
        let shelf = Shelf::Shared(Shared::connect(url, "products", metrics).await?);
        Ok(Self { shelf })
    }

    #[track_cache(get)]
    pub(super) async fn get(&self, id: i64) -> Result<Option<Product>, CacheError> {
        let json: Option<String> = match &self.shelf {
            Shelf::Local(products) => return Ok(products.get(&id)),
            Shelf::Shared(redis) => redis.connection().get(key(id)).await?,
        };
        let product = json.map(|json| serde_json::from_str(&json));
        Ok(product.transpose()?)
    }

    #[track_cache(set)]
    pub(super) async fn set(&self, product: &Product) -> Result<(), CacheError> {
        match &self.shelf {
            Shelf::Local(products) => products.insert(product.id, product.clone()),
            Shelf::Shared(redis) => {
                let json = serde_json::to_string(product)?;
                let mut connection = redis.connection();
                let done = connection.pset_ex(key(product.id), json, LIFETIME_MILLIS);
                let () = done.await?;
            }
        }
        Ok(())
    }

    #[track_cache(delete)]
    pub(super) async fn delete(&self, id: i64) -> Result<(), CacheError> {
        match &self.shelf {
            Shelf::Local(products) => products.invalidate(&id),
            Shelf::Shared(redis) => {
                let () = redis.connection().del(key(id)).await?;
            }
        }
        Ok(())
    }

    /// Whether Redis answers, if the products are there. Without it the shop is slower,
    /// not down.
    pub(crate) fn health_check(&self) -> Option<HealthCheck> {
        let Shelf::Shared(redis) = &self.shelf else {
            return None;
        };
        let (writer, reader) = (redis.clone(), redis.clone());
        let check = ready::cache(
            "redis",
            async move |key, value| -> redis::RedisResult<()> {
                let mut connection = writer.connection();
                connection.pset_ex(key, value, LIFETIME_MILLIS).await
            },
            async move |key| -> redis::RedisResult<Option<String>> {
                reader.connection().get(key).await
            },
        );
        Some(check.group(Group::Readiness).critical(false))
    }
}

fn key(id: i64) -> String {
    format!("shop:product:{id}")
}
