//! The shop's database, with one repository for each table.

mod cache;
mod email;
mod figure;
mod login_link;
mod message;
mod order;
mod product;
mod rating;
mod session;
mod submission;
mod user;
mod visitor;

use std::path::Path;
use std::time::Duration;

use metrics_runtime::HealthCheck;
use metrics_runtime::health::{Group, ready};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use cache::ProductCache;
pub(crate) use email::{Email, EmailRepository, MOST_ATTEMPTS};
pub(crate) use figure::{FigureRepository, Figures};
pub(crate) use login_link::LoginLinkRepository;
pub(crate) use message::{Message, MessageRepository, NewMessage};
pub(crate) use order::{InsertOrderError, NewOrder, OrderRepository, ProductSales};
pub(crate) use product::{Product, ProductRepository};
pub(crate) use rating::RatingRepository;
pub(crate) use session::SessionRepository;
pub(crate) use submission::{NewSubmission, SubmissionRepository};
pub(crate) use user::UserRepository;
pub(crate) use visitor::VisitorRepository;

/// What a new database has on its shelves: name, price in cents, stock.
const RANGE: [(&str, i64, i64); 8] = [
    ("green tea", 790, 60),
    ("black tea", 690, 60),
    ("tea pot", 3490, 20),
    ("coffee beans", 1290, 60),
    ("coffee mill", 5990, 10),
    ("filter paper", 340, 120),
    ("milk jug", 1850, 25),
    ("sugar bowl", 1490, 15),
];

/// All repositories, over one pool of connections.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) users: UserRepository,
    pub(crate) sessions: SessionRepository,
    pub(crate) products: ProductRepository,
    pub(crate) orders: OrderRepository,
    pub(crate) ratings: RatingRepository,
    pub(crate) visitors: VisitorRepository,
    pub(crate) login_links: LoginLinkRepository,
    pub(crate) emails: EmailRepository,
    pub(crate) messages: MessageRepository,
    pub(crate) submissions: SubmissionRepository,
    pub(crate) figures: FigureRepository,
    pool: SqlitePool,
}

impl Store {
    /// Opens the file, makes it and its tables if need be, and fills empty shelves.
    pub(crate) async fn open(path: &Path) -> sqlx::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await?;
        sqlx::raw_sql(include_str!("schema.sql"))
            .execute(&pool)
            .await?;

        let cache = ProductCache::new();
        let store = Self {
            users: UserRepository::new(pool.clone()),
            sessions: SessionRepository::new(pool.clone()),
            products: ProductRepository::new(pool.clone(), cache.clone()),
            orders: OrderRepository::new(pool.clone(), cache),
            ratings: RatingRepository::new(pool.clone()),
            visitors: VisitorRepository::new(pool.clone()),
            login_links: LoginLinkRepository::new(pool.clone()),
            emails: EmailRepository::new(pool.clone()),
            messages: MessageRepository::new(pool.clone()),
            submissions: SubmissionRepository::new(pool.clone()),
            figures: FigureRepository::new(pool.clone()),
            pool,
        };
        if store.products.list().await?.is_empty() {
            for (name, price_cents, stock) in RANGE {
                store.products.insert(name, price_cents, stock).await?;
            }
            store.orders.fill_archive().await?;
        }
        Ok(store)
    }

    /// Whether the database answers, for the probes.
    pub(crate) fn health_check(&self) -> HealthCheck {
        let pool = self.pool.clone();
        let check = ready::pool(
            "database",
            async move || pool.acquire().await,
            async |mut connection| sqlx::query("SELECT 1").execute(&mut *connection).await,
        );
        check.group(Group::Readiness)
    }

    /// Waits until no connection is in use, then closes the file.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn never_serves_a_stock_from_before_its_own_change() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::open(&folder.path().join("shop.db"))
            .await
            .expect("a new database can be made");
        let user_id = store.users.insert("ada", "").await.expect("it is free");
        let stock = async || {
            let product = store.products.find(1).await.expect("the database works");
            product.expect("the range has it").stock
        };
        let full = stock().await;

        let order = NewOrder {
            user_id,
            product_id: 1,
            quantity: 2,
            total_cents: 1,
        };
        store.orders.insert(&order).await.expect("there is enough");
        assert_eq!(stock().await, full - 2);
        let restocked = store.products.restock(1, 5).await;
        assert!(matches!(restocked, Ok(1)));
        assert_eq!(stock().await, full + 3);
        store.close().await;
    }

    #[tokio::test]
    async fn tells_a_first_rating_from_a_change() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::open(&folder.path().join("shop.db"))
            .await
            .expect("a new database can be made");
        let user_id = store.users.insert("ada", "").await.expect("it is free");
        assert!(matches!(store.ratings.put(1, user_id, 3).await, Ok(true)));
        assert!(matches!(store.ratings.put(1, user_id, 4).await, Ok(false)));
        assert!(matches!(store.ratings.put(2, user_id, 4).await, Ok(true)));
        store.close().await;
    }
}
