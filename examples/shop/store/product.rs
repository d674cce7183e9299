//! What the shop sells, and how much of it is left.

use metrics_runtime::{track_model, track_query};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use super::Pool;
use super::cache::ProductCache;

#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Product {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) price_cents: i64,
    pub(crate) stock: i64,
}

impl FromRow<'_, AnyRow> for Product {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            price_cents: row.try_get("price_cents")?,
            stock: row.try_get("stock")?,
        })
    }
}

#[derive(Clone)]
pub(crate) struct ProductRepository {
    pool: Pool,
    cache: ProductCache,
}

#[track_model]
#[track_query(table = "products")]
impl ProductRepository {
    pub(super) fn new(pool: Pool, cache: ProductCache) -> Self {
        Self { pool, cache }
    }

    #[track_model(read, rows = Vec::len)]
    #[track_query(select)]
    pub(crate) async fn list(&self) -> sqlx::Result<Vec<Product>> {
        sqlx::query_as("SELECT id, name, price_cents, stock FROM products ORDER BY name")
            .fetch_all(&self.pool)
            .await
    }

    /// The first products by id of those after `id`.
    #[track_model(read, rows = Vec::len)]
    #[track_query(select)]
    pub(crate) async fn page(&self, id: i64, length: u32) -> sqlx::Result<Vec<Product>> {
        sqlx::query_as(
            "SELECT id, name, price_cents, stock FROM products
             WHERE id > $1 ORDER BY id LIMIT $2",
        )
        .bind(id)
        .bind(i64::from(length))
        .fetch_all(&self.pool)
        .await
    }

    /// The products whose name contains `text`.
    #[track_model(read, rows = Vec::len)]
    #[track_query(select)]
    pub(crate) async fn search(&self, text: &str) -> sqlx::Result<Vec<Product>> {
        // What contains the text isn't the same without it, unless it is empty. `LIKE`
        // minds case in one database and not in the other.
        sqlx::query_as(
            "SELECT id, name, price_cents, stock FROM products
             WHERE $1 = '' OR replace(name, $1, '') <> name ORDER BY name",
        )
        .bind(text)
        .fetch_all(&self.pool)
        .await
    }

    /// A product, from the cache if it is there. A cache that fails is counted, and the
    /// database asked.
    pub(crate) async fn find(&self, id: i64) -> sqlx::Result<Option<Product>> {
        let cached = self.cache.get(id).await;
        if let Ok(Some(product)) = cached {
            return Ok(Some(product));
        }
        let product = self.select(id).await?;
        if let (Some(product), Ok(_)) = (&product, cached) {
            let _ = self.cache.set(product).await;
        }
        Ok(product)
    }

    #[track_model(read, rows = |found| usize::from(found.is_some()))]
    #[track_query(select)]
    async fn select(&self, id: i64) -> sqlx::Result<Option<Product>> {
        sqlx::query_as("SELECT id, name, price_cents, stock FROM products WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
    }

    /// Adds to a product's stock; returns 0 if there is no such product.
    #[track_model(update, rows = |updated| *updated)]
    #[track_query(update)]
    pub(crate) async fn restock(&self, id: i64, quantity: u32) -> sqlx::Result<u64> {
        let done = sqlx::query("UPDATE products SET stock = stock + $1 WHERE id = $2")
            .bind(i64::from(quantity))
            .bind(id)
            .execute(&self.pool)
            .await?;
        if done.rows_affected() > 0 {
            let _ = self.cache.delete(id).await;
        }
        Ok(done.rows_affected())
    }
}
