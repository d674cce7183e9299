//! Orders, which are never deleted: the shop's books.

use metrics_runtime::{ErrorLabel, track_model, track_query};
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};
use thiserror::Error;

use super::cache::ProductCache;
use super::{Pool, Transaction};

pub(crate) struct NewOrder {
    pub(crate) user_id: i64,
    pub(crate) product_id: i64,
    pub(crate) quantity: u32,
    pub(crate) total_cents: i64,
}

pub(crate) struct Order {
    pub(crate) total_cents: i64,
    pub(crate) paid: bool,
}

impl FromRow<'_, AnyRow> for Order {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            total_cents: row.try_get("total_cents")?,
            // `SQLite` has no booleans.
            paid: row.try_get::<i64, _>("paid")? != 0,
        })
    }
}

/// One line of the sales report.
#[derive(Serialize)]
pub(crate) struct ProductSales {
    product: String,
    orders: i64,
    paid_cents: i64,
}

impl FromRow<'_, AnyRow> for ProductSales {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            product: row.try_get("product")?,
            orders: row.try_get("orders")?,
            paid_cents: row.try_get("paid_cents")?,
        })
    }
}

#[derive(Debug, Error, ErrorLabel)]
pub(crate) enum InsertOrderError {
    #[error("too few are left in stock")]
    SoldOut,
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

#[derive(Clone)]
pub(crate) struct OrderRepository {
    pool: Pool,
    cache: ProductCache,
}

#[track_model]
#[track_query(table = "orders")]
impl OrderRepository {
    pub(super) fn new(pool: Pool, cache: ProductCache) -> Self {
        Self { pool, cache }
    }

    /// Takes the goods from the stock and books the order, both or neither.
    ///
    /// The commit is inside, so that an insert is counted once it is there to stay.
    #[track_model(insert)]
    pub(crate) async fn insert(&self, order: &NewOrder) -> Result<i64, InsertOrderError> {
        let mut transaction = self.pool.begin().await?;
        if Self::take(&mut transaction, order).await? == 0 {
            return Err(InsertOrderError::SoldOut);
        }
        let id = Self::book(&mut transaction, order).await?;
        transaction.commit().await?;
        let _ = self.cache.delete(order.product_id).await;
        Ok(id)
    }

    /// Takes the goods from the stock; returns 0 if too few are left.
    #[track_query(update, table = "products")]
    async fn take(transaction: &mut Transaction<'_>, order: &NewOrder) -> sqlx::Result<u64> {
        let done =
            sqlx::query("UPDATE products SET stock = stock - $1 WHERE id = $2 AND stock >= $1")
                .bind(i64::from(order.quantity))
                .bind(order.product_id)
                .execute(transaction)
                .await?;
        Ok(done.rows_affected())
    }

    #[track_query(insert)]
    async fn book(transaction: &mut Transaction<'_>, order: &NewOrder) -> sqlx::Result<i64> {
        sqlx::query_scalar(
            "INSERT INTO orders (user_id, product_id, quantity, total_cents)
             VALUES ($1, $2, $3, $4) RETURNING id",
        )
        .bind(order.user_id)
        .bind(order.product_id)
        .bind(i64::from(order.quantity))
        .bind(order.total_cents)
        .fetch_one(transaction)
        .await
    }

    /// An order, if it is this user's.
    #[track_model(read, rows = |found| usize::from(found.is_some()))]
    #[track_query(select)]
    pub(crate) async fn find(&self, id: i64, user_id: i64) -> sqlx::Result<Option<Order>> {
        sqlx::query_as("SELECT total_cents, paid FROM orders WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(user_id)
            .fetch_optional(&self.pool)
            .await
    }

    /// Marks an order as paid; returns 0 if it was paid before.
    #[track_model(update, rows = |updated| *updated)]
    #[track_query(update)]
    pub(crate) async fn mark_paid(&self, id: i64) -> sqlx::Result<u64> {
        let done = sqlx::query("UPDATE orders SET paid = 1 WHERE id = $1 AND paid = 0")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }

    /// Sales by product, over all orders that ever were: a slow query, and counted as
    /// one each time, however few orders there are yet.
    #[track_model(read, rows = Vec::len)]
    #[track_query(select, table = "sales", slow = "1ns")]
    pub(crate) async fn sales(&self) -> sqlx::Result<Vec<ProductSales>> {
        sqlx::query_as(
            "SELECT products.name AS product, count(*) AS orders,
                    CAST(sum(total_cents * paid) AS BIGINT) AS paid_cents
             FROM sales JOIN products ON products.id = product_id
             GROUP BY products.id, products.name ORDER BY paid_cents DESC",
        )
        .fetch_all(&self.pool)
        .await
    }
}
