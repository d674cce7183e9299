//! The shop's database, with one repository for each table.

mod cache;
mod database;
mod email;
mod figure;
mod login_link;
mod message;
mod order;
mod product;
mod rating;
mod session;
mod shared;
mod submission;
mod user;
mod visitor;

use std::time::Duration;

use metrics_runtime::health::{Group, ready};
use metrics_runtime::{HealthCheck, Instrumented, Metrics, MigratorError, PoolError};
use sqlx::any::{Any, AnyPoolOptions, install_default_drivers};
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, ConnectOptions as _, Connection as _};
use thiserror::Error;
use tokio::time;

pub(crate) use cache::ProductCache;
pub(crate) use database::Database;
use database::Kind;
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

/// The connections to either database, whose queries are recorded. They are the same for
/// both: `$1` is a placeholder, new ids come from `RETURNING`, numbers have 64 bits.
pub(crate) type Pool = Instrumented<sqlx::Pool<Any>>;

/// A transaction of it.
pub(crate) type Transaction<'t> = Instrumented<sqlx::Transaction<'t, Any>>;

/// What the database is called in labels, as in those of `#[track_query]`.
const NAME: &str = "default";

/// How long a server may take to answer at all when the shop opens.
const FIRST_PATIENCE: Duration = Duration::from_secs(5);

/// How long the tables may take to be brought up to date, which one shop does at a time.
const MIGRATION_PATIENCE: Duration = Duration::from_mins(1);

/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why a store isn't open.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum OpenError {
    #[error("it can't be used")]
    Database(#[from] sqlx::Error),
    #[error("it gave no answer within {} s", FIRST_PATIENCE.as_secs())]
    TimedOut(#[from] time::error::Elapsed),
    #[error("its tables can't be brought up to date")]
    Migrate(#[from] MigrateError),
    #[error(
        "its tables weren't brought up to date within {} s; another shop may be at it or hold the lock for it: wait for that one, or end it",
        MIGRATION_PATIENCE.as_secs()
    )]
    Locked(#[source] time::error::Elapsed),
    #[error("its pool can't be recorded")]
    Pool(#[from] PoolError),
    #[error("its migrations can't be recorded")]
    Migrator(#[from] MigratorError),
}

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
    pool: Pool,
}

impl Store {
    /// Opens the database, brings its tables up to date and fills empty shelves.
    pub(crate) async fn open(
        database: &Database,
        products: ProductCache,
        metrics: &Metrics,
    ) -> Result<Self, OpenError> {
        install_default_drivers();
        let kind = database.kind;
        // A pool would try again until it is out of time, and wouldn't say why.
        let connection = database.options.connect();
        let connection = time::timeout(FIRST_PATIENCE, connection).await??;
        let migrated = time::timeout(MIGRATION_PATIENCE, migrate(kind, connection));
        migrated.await.map_err(OpenError::Locked)??;

        let pool = pool_options(kind, metrics).connect_lazy_with(database.options.clone());
        metrics.instrument_migrator(NAME, &pool, kind.migrator())?;
        let pool = metrics.instrument_pool(NAME, &pool)?;
        let of = |table| pool.clone().table(table);
        Ok(Self {
            users: UserRepository::new(of("users")),
            sessions: SessionRepository::new(of("sessions"), metrics),
            products: ProductRepository::new(of("products"), products.clone()),
            ratings: RatingRepository::new(of("ratings")),
            visitors: VisitorRepository::new(of("visitors")),
            login_links: LoginLinkRepository::new(of("login_links")),
            emails: EmailRepository::new(of("emails")),
            messages: MessageRepository::new(of("messages")),
            // Of more tables than one.
            submissions: SubmissionRepository::new(pool.clone()),
            figures: FigureRepository::new(pool.clone()),
            orders: OrderRepository::new(pool.clone(), products),
            pool,
        })
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

    /// Waits until no connection is in use, then closes the database.
    pub(crate) async fn close(&self) {
        self.pool.inner().close().await;
    }
}

/// Brings the tables up to date, and closes the connection.
async fn migrate(kind: Kind, mut connection: AnyConnection) -> Result<(), OpenError> {
    kind.prepare(&mut connection).await?;
    kind.migrator().run(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Pools are counted as they open connections. One of `SQLite` has something to say to
/// each, which takes the place of what `count_connections` would put there.
fn pool_options(kind: Kind, metrics: &Metrics) -> AnyPoolOptions {
    let options = AnyPoolOptions::new()
        .max_connections(kind.most_connections())
        .acquire_timeout(PATIENCE);
    if kind == Kind::Postgres {
        return metrics.count_connections(NAME, options);
    }
    let opened = metrics.new_connections(NAME);
    options.after_connect(move |connection: &mut AnyConnection, _| {
        opened.inc();
        Box::pin(kind.prepare(connection))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use metrics_runtime::Registry;

    use super::*;

    impl Store {
        /// The store of a test, in a new file.
        pub(crate) async fn in_file(path: &Path) -> Self {
            // A registry of its own, in which no other test has a pool.
            let registry = Box::leak(Box::new(Registry::new()));
            let metrics = Metrics::builder().registry(registry).build();
            let metrics = metrics.expect("nothing is configured");
            let database = Database::in_path(path).expect("a path is a place");
            let store = Self::open(&database, ProductCache::local(), &metrics).await;
            store.expect("a new database can be made")
        }
    }

    #[tokio::test]
    async fn never_serves_a_stock_from_before_its_own_change() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::in_file(&folder.path().join("shop.db")).await;
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
        let store = Store::in_file(&folder.path().join("shop.db")).await;
        let user_id = store.users.insert("ada", "").await.expect("it is free");
        assert!(matches!(store.ratings.put(1, user_id, 3).await, Ok(true)));
        assert!(matches!(store.ratings.put(1, user_id, 4).await, Ok(false)));
        assert!(matches!(store.ratings.put(2, user_id, 4).await, Ok(true)));
        store.close().await;
    }
}
