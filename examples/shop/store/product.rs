//! What the shop sells, and how much of it is left.

use metrics_runtime::track_model;
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqlitePool};

#[derive(Serialize)]
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
}

#[track_model]
impl ProductRepository {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    #[track_model(insert)]
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
    pub(crate) async fn list(&self) -> sqlx::Result<Vec<Product>> {
        sqlx::query_as("SELECT id, name, price_cents, stock FROM products ORDER BY name")
            .fetch_all(&self.pool)
            .await
    }

    /// The products whose name contains `text`.
    #[track_model(read, rows = Vec::len)]
    pub(crate) async fn search(&self, text: &str) -> sqlx::Result<Vec<Product>> {
        sqlx::query_as(
            "SELECT id, name, price_cents, stock FROM products
             WHERE instr(name, ?) > 0 ORDER BY name",
        )
        .bind(text)
        .fetch_all(&self.pool)
        .await
    }

    #[track_model(read, rows = |found| usize::from(found.is_some()))]
    pub(crate) async fn find(&self, id: i64) -> sqlx::Result<Option<Product>> {
        sqlx::query_as("SELECT id, name, price_cents, stock FROM products WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
    }

    /// Adds to a product's stock; returns 0 if there is no such product.
    #[track_model(update, rows = |updated| *updated)]
    pub(crate) async fn restock(&self, id: i64, quantity: u32) -> sqlx::Result<u64> {
        let done = sqlx::query("UPDATE products SET stock = stock + ? WHERE id = ?")
            .bind(quantity)
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }
}
