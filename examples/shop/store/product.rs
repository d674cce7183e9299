//! What the shop sells, and how much of it is left.

use metrics_runtime::{track_model, track_query};
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqlitePool};

use super::cache::ProductCache;

#[derive(Clone, Serialize)]
pub(crate) struct Product {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) price_cents: i64,
    pub(crate) stock: i64,
}

impl FromRow<'_, SqliteRow> for Product {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
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
    pool: SqlitePool,
    cache: ProductCache,
}

#[track_model]
#[track_query(table = "products")]
impl ProductRepository {
    pub(super) fn new(pool: SqlitePool, cache: ProductCache) -> Self {
        Self { pool, cache }
    }

    #[track_model(insert)]
    #[track_query(insert)]
    pub(crate) async fn insert(
        &self,
        name: &str,
        price_cents: i64,
        stock: i64,
    ) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO products (name, price_cents, stock) VALUES (?, ?, ?)")
            .bind(name)
            .bind(price_cents)
            .bind(stock)
            .execute(&self.pool)
            .await?;
        Ok(())
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
             WHERE id > ? ORDER BY id LIMIT ?",
        )
        .bind(id)
        .bind(length)
        .fetch_all(&self.pool)
        .await
    }

    /// The products whose name contains `text`.
    #[track_model(read, rows = Vec::len)]
    #[track_query(select)]
    pub(crate) async fn search(&self, text: &str) -> sqlx::Result<Vec<Product>> {
        sqlx::query_as(
            "SELECT id, name, price_cents, stock FROM products
             WHERE instr(name, ?) > 0 ORDER BY name",
        )
        .bind(text)
        .fetch_all(&self.pool)
        .await
    }

    /// A product, from the cache if it is there.
    pub(crate) async fn find(&self, id: i64) -> sqlx::Result<Option<Product>> {
        if let Some(product) = self.cache.get(id) {
            return Ok(Some(product));
        }
        let product = self.select(id).await?;
        if let Some(product) = &product {
            self.cache.set(product.clone());
        }
        Ok(product)
    }

    #[track_model(read, rows = |found| usize::from(found.is_some()))]
    #[track_query(select)]
    async fn select(&self, id: i64) -> sqlx::Result<Option<Product>> {
        sqlx::query_as("SELECT id, name, price_cents, stock FROM products WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
    }

    /// Adds to a product's stock; returns 0 if there is no such product.
    #[track_model(update, rows = |updated| *updated)]
    #[track_query(update)]
    pub(crate) async fn restock(&self, id: i64, quantity: u32) -> sqlx::Result<u64> {
        let done = sqlx::query("UPDATE products SET stock = stock + ? WHERE id = ?")
            .bind(quantity)
            .bind(id)
            .execute(&self.pool)
            .await?;
        if done.rows_affected() > 0 {
            self.cache.delete(id);
        }
        Ok(done.rows_affected())
    }
}
