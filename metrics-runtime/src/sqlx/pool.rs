//! Pools of sqlx.

use super::database::Instrumentable;
use super::link::{Connected, Instrumented};
use super::measured::Measured;
use super::meter::{Meter, Rows, Source, Subject};
use super::series::Series;
use super::transaction::{Open, note};
use crate::builtin::database::DB_NEW_CONNECTIONS_TOTAL;
use crate::pool::registration::register;
use crate::pool::{PoolError, PoolState, PoolStatistics};
use crate::record::at;
use crate::{Counter, Metrics, Outcome};
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::{Database, Error, Pool, SqlSafeStr, SqlStr, Transaction};
use std::sync::{Arc, Weak};

/// A pool, as long as what has instrumented it is there.
struct Seen<DB: Database>(Weak<Pool<DB>>);

impl<DB: Database> PoolStatistics for Seen<DB> {
    fn state(&self) -> Option<PoolState> {
        let pool = self.0.upgrade()?;
        let idle = u64::try_from(pool.num_idle()).unwrap_or(u64::MAX);
        let max = pool.options().get_max_connections();
        Some(PoolState::new(pool.size().into(), idle).max(max.into()))
    }
}

/// Records what is done with a connection to the database, or what has some.
fn instrument<DB: Instrumentable, C>(
    metrics: Metrics,
    database: &str,
    connection: C,
) -> Instrumented<C> {
    let series = Series::find(metrics.registry(), database, "");
    let vendor = DB::DIALECT.vendor();
    metrics.registry().set_driver(&series.database, vendor);
    series.show();
    Instrumented::new(connection, series)
}

impl Metrics {
    /// Records what is done with a pool of sqlx, by what this returns.
    #[doc = include_str!("instrument_pool.md")]
    ///
    /// # Errors
    ///
    /// [`PoolError`] when the name is another pool's, or the families are taken.
    pub fn instrument_pool<DB: Instrumentable>(
        &self,
        database: &str,
        pool: &Pool<DB>,
    ) -> Result<Instrumented<Pool<DB>>, PoolError> {
        let kept = Arc::new(pool.clone());
        let seen = Seen(Arc::downgrade(&kept));
        register(self.registry(), database, Arc::new(seen))?;
        let mut instrumented = instrument::<DB, _>(*self, database, pool.clone());
        instrumented.link.kept = Some(kept);
        Ok(instrumented)
    }

    /// Records the queries of a connection that is no pool's.
    ///
    /// ```
    /// # #[cfg(feature = "sqlx-sqlite")]
    /// # async fn example(metrics: metrics_runtime::Metrics) -> sqlx::Result<()> {
    /// use sqlx::Connection as _;
    ///
    /// let connection = sqlx::SqliteConnection::connect("sqlite::memory:").await?;
    /// let mut connection = metrics.instrument_connection("cache", connection);
    /// sqlx::query("CREATE TABLE entries (key TEXT)").execute(&mut connection).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn instrument_connection<C: Connected>(
        &self,
        database: &str,
        connection: C,
    ) -> Instrumented<C> {
        instrument::<C::Database, _>(*self, database, connection)
    }

    /// Counts the connections that a pool of sqlx opens, in
    /// `db_new_connections_total{database}`: sqlx tells that only to what stands in the
    /// options of the pool.
    ///
    /// This takes the place of an `after_connect` that the options have; where yours
    /// is needed, let it count in [`new_connections`](Self::new_connections).
    pub fn count_connections<DB: Database>(
        &self,
        database: &str,
        options: PoolOptions<DB>,
    ) -> PoolOptions<DB> {
        let opened = self.new_connections(database);
        options.after_connect(move |_, _| {
            opened.inc();
            Box::pin(std::future::ready(Ok(())))
        })
    }

    /// The series of `db_new_connections_total` for a database.
    pub fn new_connections(&self, database: &str) -> Counter {
        let family = self.registry().builtin(&DB_NEW_CONNECTIONS_TOTAL);
        at(&family, &[database], Outcome::Ok)
    }
}

impl<DB: Instrumentable> Instrumented<Pool<DB>> {
    /// Waits for a connection; a task of its own may do that.
    ///
    /// # Errors
    ///
    /// Those of the bare library, which are counted in `db_connection_errors_total`.
    pub fn acquire(
        &self,
    ) -> impl Future<Output = Result<Instrumented<PoolConnection<DB>>, Error>> + Send + use<DB>
    {
        let series = self.link.series;
        let meter = Meter::new(series, DB::DIALECT, Subject::Other, Source::Pool);
        let acquired = Box::pin(self.link.inner.acquire());
        Measured::new(acquired, meter, move |connection| {
            (Ok(Instrumented::new(connection, series)), Rows::NONE)
        })
    }

    /// A connection, if one is idle; nothing of this is recorded but what is then done
    /// with it.
    pub fn try_acquire(&self) -> Option<Instrumented<PoolConnection<DB>>> {
        let connection = self.link.inner.try_acquire()?;
        Some(Instrumented::new(connection, self.link.series))
    }

    /// Waits for a connection and begins a transaction, which ends by `commit`, by
    /// `rollback` or when it is dropped.
    ///
    /// # Errors
    ///
    /// Those of the bare library.
    pub async fn begin(&self) -> Result<Instrumented<Transaction<'static, DB>>, Error> {
        self.begin_by(None).await
    }

    /// As [`begin`](Self::begin), by this statement.
    ///
    /// # Errors
    ///
    /// Those of the bare library.
    pub async fn begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<Instrumented<Transaction<'static, DB>>, Error> {
        self.begin_by(Some(statement.into_sql_str())).await
    }

    /// Begins a transaction, if a connection is idle.
    ///
    /// # Errors
    ///
    /// Those of the bare library.
    pub async fn try_begin(&self) -> Result<Option<Instrumented<Transaction<'static, DB>>>, Error> {
        self.try_begin_by(None).await
    }

    /// As [`try_begin`](Self::try_begin), by this statement.
    ///
    /// # Errors
    ///
    /// Those of the bare library.
    pub async fn try_begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<Option<Instrumented<Transaction<'static, DB>>>, Error> {
        self.try_begin_by(Some(statement.into_sql_str())).await
    }

    async fn begin_by(
        &self,
        statement: Option<SqlStr>,
    ) -> Result<Instrumented<Transaction<'static, DB>>, Error> {
        // What `Pool::begin` does, which would hide how long it waits.
        begin_on(self.acquire().await?, statement).await
    }

    async fn try_begin_by(
        &self,
        statement: Option<SqlStr>,
    ) -> Result<Option<Instrumented<Transaction<'static, DB>>>, Error> {
        match self.try_acquire() {
            Some(connection) => begin_on(connection, statement).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Begins the transaction that a connection of a pool is given to.
async fn begin_on<DB: Instrumentable>(
    connection: Instrumented<PoolConnection<DB>>,
    statement: Option<SqlStr>,
) -> Result<Instrumented<Transaction<'static, DB>>, Error> {
    let series = connection.link.series;
    let begun = Transaction::begin(connection.into_inner(), statement).await;
    note::<DB, _>(series, &begun);
    let mut transaction = Instrumented::new(begun?, series);
    transaction.link.open = Open::begin(series);
    Ok(transaction)
}
